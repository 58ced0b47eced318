// The clipboard belongs to secure pages only; elsewhere the link is shown, selected.
import { find } from "../widgets/dom.js";

const SAID_MS = 1600;

/** @typedef {HTMLElement & { saying?: number }} Host */

/**
 * Copies the address as the browser has it when the button is pressed.
 * @param {Host} host
 */
export function offerLink(host) {
  const button = find(host, "button");
  const byHand = find(host, ".by-hand");
  const field = /** @type {HTMLInputElement} */ (find(byHand, "input"));

  const said = () => {
    byHand.hidden = true;
    button.textContent = "Copied";
    clearTimeout(host.saying);
    // eslint-disable-next-line no-restricted-globals -- how long a word stands
    host.saying = setTimeout(() => { button.textContent = "Copy link"; }, SAID_MS);
  };
  const offer = (/** @type {string} */ link) => {
    field.value = link;
    byHand.hidden = false;
    field.focus();
    field.select();
  };

  button.onclick = async () => {
    const link = location.href;
    try {
      await navigator.clipboard.writeText(link);
      said();
    } catch {
      offer(link);
    }
  };
  // What is hidden before it is copied is not copied.
  field.oncopy = () => requestAnimationFrame(said);
  field.onkeydown = (event) => { if (event.key === "Escape") byHand.hidden = true; };
  field.onblur = () => { byHand.hidden = true; };
}
