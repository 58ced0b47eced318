// The end of the bar: copy link, and fold.
import { offerLink } from "./copy_link.js";
import { offerFold } from "./fold_bar.js";
import { find } from "../widgets/dom.js";

/** @param {Mounted<{ selected: string }>} mounted */
export default function ({ parentElement, data }) {
  const end = find(parentElement, ".end");
  offerLink(find(end, ".copy"));
  offerFold(end, data.selected);
}
