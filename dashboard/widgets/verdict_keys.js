// A patch with its keys and its note, or several patches with their buttons: what is pressed says
// what stood on the screen when it was pressed. One act at a time is under way; picture and keys
// change together, once the next picture is there.

const REACTION_MS = 300;   // nobody sees a patch and answers it faster
const ASKED_MS = [600, 8000];
const PATIENCE_MS = 10000;

export default function ({ data, parentElement, setTriggerValue }) {
  const host = parentElement.querySelector(".verdicts");
  const panel = (host.panel ??= new Panel(host));
  panel.send = (act) => setTriggerValue("act", act);
  panel.update(data);
  if (data.listens) pageKeys().listen(data.listens, host, (key, held) => panel.press(key, held));
}

class Panel {
  constructor(host) {
    this.host = host;
    this.find = (name) => host.querySelector(`.${name}`);
    this.note.onkeydown = (event) => this.typed(event);
    this.note.onfocus = this.note.onpointerdown = () => { this.begunLocked = false; };
    this.note.oninput = () => this.keepDraft();
    // A button that is held with Enter clicks again and again.
    host.addEventListener("keydown", (event) => {
      if (event.repeat && event.target.tagName === "BUTTON") event.preventDefault();
    });
    window.idcPending ??= new Map();
  }

  get note() { return this.find("note"); }

  // An act under way belongs to the page, not to this element: Streamlit may draw it anew.
  get pending() { return window.idcPending.get(this.wanted.name) ?? null; }
  set pending(act) {
    if (act) window.idcPending.set(this.wanted.name, act);
    else window.idcPending.delete(this.wanted.name);
  }

  async update(data) {
    this.wanted = data;
    if (this.shown && this.shown.about.reader !== data.about.reader) this.say("");
    this.answer(data.answered);
    if (this.shown?.identity !== data.identity || this.shown.picture !== data.picture) {
      const picture = data.picture ? await fetched(data.picture) : null;
      if (this.wanted !== data) return;
      this.swap(data, picture);
    }
    this.shown = data;
    this.draw(data);
  }

  swap(data, picture) {
    const isOther = this.shown?.identity !== data.identity;
    this.find("picture").replaceChildren(...(picture ? [picture] : []));
    if (picture) picture.alt = data.alt;
    this.isBlank = Boolean(data.picture) && !picture;
    if (!isOther) return;
    this.since = performance.now();
    this.asked = null;
    this.say("");
    this.note.value = this.draft(data.identity);
  }

  draw(data) {
    const { find } = this;
    find("title").textContent = data.title;
    find("where").textContent = data.where;
    find("missing").textContent = this.isBlank
      ? "The picture of this patch could not be fetched: reload the page." : data.missing;
    find("missing").hidden = !find("missing").textContent;
    find("picture").hidden = !data.picture;
    find("said").textContent = data.said;
    find("said").hidden = !data.said;
    this.buttons("steps", data.steps);
    this.buttons("keys", data.buttons);
    this.buttons("undo", data.undo ? [data.undo] : []);
    this.note.hidden = !data.notes;
    this.note.maxLength = data.notes || 1;
    this.note.placeholder = data.patches > 1 ? "a note for all of them" : "a note on this patch";
    this.note.readOnly = Boolean(this.pending);
    find("stored").textContent = data.stored;
    find("trouble").textContent = data.trouble;
    find("trouble").hidden = !data.trouble;
    this.host.dataset.identity = data.identity;
    this.host.dataset.pending = String(Boolean(this.pending));
  }

  buttons(name, wanted) {
    const box = this.find(name), said = JSON.stringify(wanted);
    if (box.dataset.said === said) return;
    box.dataset.said = said;
    box.replaceChildren(...wanted.map((action) => {
      const button = document.createElement("button");
      button.type = "button";
      button.dataset.does = action.does + (action.verdict ? ` ${action.verdict}` : "");
      button.disabled = Boolean(action.off);
      for (const [kind, text] of [["b", action.words], ["kbd", action.key], ["small", action.hint]]) {
        if (!text) continue;
        const part = document.createElement(kind);
        part.textContent = text;
        button.append(part);
      }
      if (action.key) button.setAttribute("aria-keyshortcuts", action.key);
      button.onclick = () => this.act(action);
      return button;
    }));
  }

  press(key, held) {
    if (!this.shown) return false;
    const { steps, buttons, undo } = this.shown;
    const action = [...buttons, ...steps, ...(undo ? [undo] : [])].find((each) => each.key === key);
    if (!action || action.off) return false;
    if (held) this.say(this.pending ? this.find("now").textContent : "A held key counts once.");
    else this.act(action);
    return true;
  }

  act(action) {
    const refusal = this.pending ? `Still storing “${this.pending.words}”: this key was ignored.`
      : this.shown !== this.wanted ? "The next patch is on its way: this key was ignored."
      : action.does === "verdict" ? this.refusal(action) : null;
    if (refusal) return this.say(refusal);
    this.asked = null;
    const note = this.note.hidden ? "" : this.note.value.trim();
    const { about, identity, standing } = this.shown;
    const act = {
      does: action.does, verdict: action.verdict ?? null, to: action.to ?? null, about, note,
      reader: window.idcReader?.isThere ? window.idcReader.name : about.reader,
      replaces: standing?.token ?? "", identity, words: action.words,
    };
    this.go(act);
  }

  // Why this key must not store now; null where it may.
  refusal(action) {
    const { about, standing, reading, patches } = this.shown;
    const now = performance.now(), name = window.idcReader;
    if (this.isBlank) return "Without its picture this patch is not judged here: reload the page.";
    if (now - this.since < REACTION_MS) return "This patch had only just come up: the key was ignored.";
    if (!reading) return null;
    if (!(name?.isThere ? name.name : about.reader)) return "Write who reads first, at the top right.";
    if (name?.isThere && name.name !== about.reader) return "The name is being taken over: press again.";
    if (!standing) return null;
    if (patches === 1 && standing.verdict === action.verdict && !this.note.value.trim()) {
      return `You have said “${standing.words}” of this patch already. Z takes it back.`;
    }
    const since = this.asked?.verdict === action.verdict ? now - this.asked.at : null;
    if (since !== null && since > ASKED_MS[0] && since < ASKED_MS[1]) return null;
    if (since === null || since >= ASKED_MS[1]) this.asked = { verdict: action.verdict, at: now };
    const again = action.key ? `press ${action.key}` : "click";
    return patches === 1
      ? `You have said “${standing.words}” of this patch: ${again} again to replace it, Z takes it back.`
      : `${standing.words}: ${again} again to replace that.`;
  }

  go(act) {
    // The same act once more, after no answer came, counts once.
    const same = this.unanswered;
    const isSame = same && JSON.stringify({ ...same, token: "" }) === JSON.stringify({ ...act, token: "" });
    act = { ...act, token: isSame ? same.token : token() };
    this.pending = act;
    this.say(act.does === "verdict" ? `Storing “${act.words}” …` : "");
    this.draw(this.shown);
    this.send(act);
    setTimeout(() => {
      if (this.pending?.token !== act.token) return;
      this.pending = null;
      this.unanswered = act;
      this.say(`No answer yet to “${act.words}”: press again, it counts once.`);
      this.draw(this.shown);
    }, PATIENCE_MS);
  }

  answer(answered) {
    const act = this.pending ?? this.unanswered;
    if (!act || !(act.token in answered)) return;
    this.pending = this.unanswered = null;
    this.say("");
    if (act.does === "verdict" && answered[act.token]) {
      this.draft(act.identity, "");
      if (this.shown?.identity === act.identity) this.note.value = "";
    }
  }

  say(text) { this.find("now").textContent = text; }

  // A note begun while the field is locked is ignored whole: its second half alone would be stored.
  typed(event) {
    if (event.key === "Enter") return this.note.blur();
    if (event.key.length > 1 || event.ctrlKey || event.metaKey) return;
    if (!this.note.readOnly && !this.begunLocked) return;
    this.begunLocked = true;
    event.preventDefault();
    this.say("A verdict was being stored: these letters were ignored. Click the note and type again.");
  }

  keepDraft() { if (this.shown) this.draft(this.shown.identity, this.note.value); }

  // What was typed beside a patch and not stored yet; it stays with that patch, over a reload too.
  draft(identity, text) {
    const name = `idc.note ${identity}`;
    try {
      if (text === undefined) return sessionStorage.getItem(name) ?? "";
      text ? sessionStorage.setItem(name, text) : sessionStorage.removeItem(name);
    } catch { /* storage is forbidden: a note lasts until the patch is left */ }
    return "";
  }
}

async function fetched(source) {
  for (const wait of [0, 400, 1200]) {
    if (wait) await new Promise((done) => setTimeout(done, wait));
    const picture = new Image();
    picture.src = new URL(`.${source}`, window.location.href).href;
    try {
      await picture.decode();
      return picture;
    } catch { /* asked for again: the server may be about to name it anew */ }
  }
  return null;
}

// `crypto.randomUUID` is not there on plain http.
function token() {
  return [...crypto.getRandomValues(new Uint8Array(16))]
    .map((byte) => byte.toString(16).padStart(2, "0")).join("");
}
