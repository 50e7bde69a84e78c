// Where the visitor writes: what may be said, who types, and the line to write in.

import { problem } from "/web/api.js";
import { button, make } from "/web/message.js";

const typingTime = 31000; // ms after which nobody types who has not said so again
const keep = 50; // of what was said, for the arrow up

export class Composer {
  #say;
  #visitor;
  #input = make("input");
  #typing = make("p", "typing");
  #problem = make("p", "composer-problem");
  #names = new Map(); // by user id
  #typingEnds;
  #said = [];
  #recalled = 0; // how far back the arrow up has gone

  // say(text) sends a message.
  constructor({ title, hints, visitor }, say) {
    this.#say = say;
    this.#visitor = visitor;
    this.#input.type = "text";
    this.#input.maxLength = 2000;
    this.#input.placeholder = `Message ${title}`;
    this.#input.setAttribute("aria-label", `Message ${title}`);
    this.#input.setAttribute("autocapitalize", "off");
    this.#input.setAttribute("autocomplete", "off");
    this.#input.setAttribute("enterkeyhint", "send");
    this.#input.spellcheck = false;
    this.#input.addEventListener("keydown", (e) => this.#recall(e));
    this.#typing.setAttribute("role", "status");
    this.#problem.setAttribute("role", "alert");
    const send = button("send", () => {}, "Send", arrow());
    send.type = "submit";
    const form = make("form", "composer-line", this.#input, send);
    form.addEventListener("submit", (e) => {
      e.preventDefault();
      this.#send(this.#input.value, true);
    });
    const chips = make("div", "hints", ...hints.map((hint) => button("hint", (e) => this.#take(hint, e), "", hint)));
    chips.setAttribute("role", "group");
    chips.setAttribute("aria-label", "What to say");
    this.element = make("div", "composer", this.#typing, chips, this.#problem, form);
  }

  focus() {
    this.#input.focus();
  }

  // know remembers what a user is called.
  know({ id, name }) {
    this.#names.set(id, name);
  }

  // typing shows who types.
  typing(users) {
    clearTimeout(this.#typingEnds);
    const names = users.filter((user) => user !== this.#visitor).map((user) => this.#names.get(user) ?? user);
    this.#typing.textContent = names.length === 0 ? "" : `${names.join(" and ")} ${names.length === 1 ? "is" : "are"} typing…`;
    if (names.length > 0) this.#typingEnds = setTimeout(() => this.typing([]), typingTime);
  }

  // Who took a hint with a mouse goes on in the line; by keyboard, the focus stays.
  #take(hint, { detail }) {
    this.#send(hint, false);
    if (detail > 0 && !matchMedia("(pointer: coarse)").matches) this.focus();
  }

  async #send(text, typed) {
    text = text.trim();
    if (!text) return;
    this.#problem.textContent = "";
    if (typed) this.#input.value = "";
    this.#recalled = 0;
    if (this.#said.at(-1) !== text) this.#said.push(text);
    if (this.#said.length > keep) this.#said.shift();
    try {
      await this.#say(text);
    } catch (err) {
      this.#problem.textContent = problem(err);
      if (typed && !this.#input.value) this.#input.value = text;
    }
  }

  // What was said comes back, if the line is empty or already holds something that came back.
  #recall(e) {
    if (e.key !== "ArrowUp" && e.key !== "ArrowDown") return;
    const now = this.#recalled ? this.#said.at(-this.#recalled) : "";
    const back = this.#recalled + (e.key === "ArrowUp" ? 1 : -1);
    if (this.#input.value !== now || back < 0 || back > this.#said.length) return;
    e.preventDefault();
    this.#recalled = back;
    this.#input.value = back ? this.#said.at(-back) : "";
  }
}

function arrow() {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.setAttribute("aria-hidden", "true");
  const path = document.createElementNS("http://www.w3.org/2000/svg", "path");
  path.setAttribute("d", "M4.5 4.6 20.4 12 4.5 19.4 6.6 13 13 12 6.6 11z");
  path.setAttribute("fill", "currentColor");
  svg.append(path);
  return svg;
}
