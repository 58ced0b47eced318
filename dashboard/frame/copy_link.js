// The clipboard belongs to secure pages only; elsewhere the link is shown, selected.

const SAID_MS = 1600;

export default function ({ parentElement }) {
  const host = parentElement.querySelector(".copy");
  const button = host.querySelector("button");
  const byHand = host.querySelector(".by-hand");
  const field = byHand.querySelector("input");

  const said = () => {
    byHand.hidden = true;
    button.textContent = "Copied";
    clearTimeout(host.saying);
    host.saying = setTimeout(() => { button.textContent = "Copy link"; }, SAID_MS);
  };
  const offer = (link) => {
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
  field.oncopy = () => setTimeout(said, 0);
  field.onkeydown = (event) => { if (event.key === "Escape") byHand.hidden = true; };
  field.onblur = () => { byHand.hidden = true; };
}
