// The reactions to one message: a button for each emoji, with how often it was given.

import { button, make } from "/web/message.js";

export class Reactions {
  #to; // the message's event id
  #chat; // as Timeline has it; without it, reactions are only shown
  #given = new Map(); // by event id: {key, sender}
  #buttons = new Map(); // by key
  element = make("div", "reactions");

  constructor(to, chat) {
    this.#to = to;
    this.#chat = chat;
    this.element.setAttribute("role", "group");
    this.element.setAttribute("aria-label", "Reactions");
  }

  // events returns the ids of all reactions.
  events() {
    return this.#given.keys();
  }

  add(id, key, sender) {
    this.#given.set(id, { key, sender });
    this.#draw(key);
  }

  remove(id) {
    const key = this.#given.get(id)?.key;
    this.#given.delete(id);
    if (key !== undefined) this.#draw(key);
  }

  // A button stays the same while it counts, so that it keeps the focus.
  #draw(key) {
    const given = [...this.#given].filter(([, reaction]) => reaction.key === key);
    let shown = this.#buttons.get(key);
    if (given.length === 0) {
      shown?.remove();
      this.#buttons.delete(key);
      return;
    }
    if (!shown) {
      shown = button("reaction", () => this.#toggle(key, shown), "", make("span", "emoji", key), make("span", "count"));
      shown.disabled = !this.#chat;
      this.#buttons.set(key, shown);
      this.element.append(shown);
    }
    const own = this.#own(key);
    shown.querySelector(".count").textContent = String(given.length);
    shown.setAttribute("aria-pressed", String(Boolean(own)));
    shown.setAttribute("aria-label", `${key}: ${given.length}`);
    shown.title = given.map(([, { sender }]) => sender.name).join(", ");
  }

  #own(key) {
    return [...this.#given].find(([, reaction]) => reaction.key === key && reaction.sender.id === this.#chat?.visitor)?.[0];
  }

  async #toggle(key, shown) {
    if (shown.getAttribute("aria-busy") === "true") return;
    shown.setAttribute("aria-busy", "true");
    const own = this.#own(key);
    try {
      await (own ? this.#chat.takeBack(own) : this.#chat.react(this.#to, key));
    } catch { /* it stays as it was, which says so */ }
    shown.removeAttribute("aria-busy");
  }
}
