// The timeline turns a room's events into lines, in the order of the room: it groups,
// replaces what was edited, quotes what is replied to, counts reactions, and parts the days.

import { beside, card, dayOf, daySeparator, edits, make, membership, message, quote } from "/web/message.js";
import { Reactions } from "/web/reactions.js";

const groupWithin = 5 * 60 * 1000; // ms between two messages under one head
const keep = 1000; // lines, so that a page left open does not grow for ever
const keepVersions = 30; // of a card that was edited

export class Timeline {
  #list;
  #room; // its title
  #chat; // in a chat, what the visitor does with a reaction; else undefined
  #messages = new Map(); // by event id: {event, content, versions, element, body, beside, reactions}
  #reactions = new Map(); // by event id: the Reactions that it is in
  #joined = new Map(); // by user id
  #previous = null; // the last line's {sender, time, day}
  #crowd = null; // the last line of those who joined or left: {did, names, element}

  // live is false while the page gets what has been, which draws nobody's eye.
  live = false;

  // chat is {visitor, react(event, key), takeBack(event)} in a chat.
  constructor(list, room, chat) {
    this.#list = list;
    this.#room = room;
    this.#chat = chat;
  }

  get isEmpty() {
    return this.#messages.size === 0;
  }

  clear() {
    this.#list.replaceChildren();
    this.#messages.clear();
    this.#reactions.clear();
    this.#joined.clear();
    this.#previous = null;
    this.#crowd = null;
    this.live = false;
  }

  // add shows an event and returns what it became, if anything: {kind, element} with the kind
  // "message", "edit", "reaction" or "line".
  add(event) {
    switch (event.type) {
      case "m.room.message": return this.#replaces(event) ? this.#edit(event) : this.#message(event);
      case "m.room.member": return this.#member(event);
      case "m.reaction": return this.#react(event);
      case "m.room.redaction": return this.#redact(event);
      default: return null;
    }
  }

  goTo(element) {
    element.scrollIntoView({ block: "center" });
    flash(element);
  }

  #replaces(event) {
    return event.content["m.relates_to"]?.rel_type === "m.replace";
  }

  #message(event) {
    const { content } = event;
    if (typeof content.body !== "string" || this.#messages.has(event.id)) return null; // no body: redacted
    const previous = this.#startLine(event.time);
    const repliesTo = content["m.relates_to"]?.["m.in_reply_to"]?.event_id;
    const target = this.#messages.get(repliesTo);
    const m = { event, content, versions: [{ content, at: event.time }] };
    m.body = make("div", "body", card(content));
    m.beside = this.#chat ? null : beside(event.sender, this.#room, content, content);
    m.element = message(event.sender, event.time, {
      grouped: previous?.sender === event.sender.id && event.time - previous.time < groupWithin,
      reply: repliesTo && quote(target && { sender: target.event.sender, content: target.content }, () => this.goTo(target.element)),
      body: m.body,
      beside: m.beside,
    });
    this.#append(m.element, event.sender.id, event.time);
    this.#messages.set(event.id, m);
    m.element.dataset.event = event.id;
    return { kind: "message", element: m.element };
  }

  // An edit changes what the sender's own message says, where it stands.
  #edit(event) {
    const target = this.#messages.get(event.content["m.relates_to"].event_id);
    const content = event.content["m.new_content"];
    if (!target || !content || target.event.sender.id !== event.sender.id) return null;
    if (target.versions.some((version) => version.id === event.id)) return null; // seen before a reconnect
    target.versions.push({ content, at: event.time, id: event.id });
    if (target.versions.length > keepVersions) target.versions.splice(1, 1);
    this.#redraw(target, content);
    if (this.live && !this.#chat) flash(target.element);
    return { kind: "edit", element: target.element };
  }

  #redraw(target, content) {
    const folds = [...target.body.querySelectorAll("details")].map((fold) => fold.open);
    const shown = target.body.querySelector(".edited")?.getAttribute("aria-expanded") === "true";
    const body = card(content);
    body.querySelectorAll("details").forEach((fold, i) => { fold.open = folds[i] ?? false; });
    target.content = content;
    target.body.replaceChildren(body);
    if (this.#chat) {
      if (target.versions.length > 1) target.body.append(make("p", "was-edited", "edited"));
      return;
    }
    if (target.versions.length > 1) target.body.append(edits(target.versions, shown));
    const other = beside(target.event.sender, this.#room, content, target.event.content);
    target.beside.replaceWith(other);
    target.beside = other;
  }

  // Reactions stand under the message that they are to.
  #react(event) {
    const { event_id: to, key } = event.content["m.relates_to"] ?? {};
    const target = this.#messages.get(to);
    if (!target || typeof key !== "string" || this.#reactions.has(event.id)) return null;
    if (!target.reactions) {
      target.reactions = new Reactions(to, this.#chat);
      target.element.querySelector(".content").append(target.reactions.element);
    }
    target.reactions.add(event.id, key, event.sender);
    this.#reactions.set(event.id, target.reactions);
    return { kind: "reaction", element: target.element };
  }

  // Those who join or leave one after the other share a line.
  #member(event) {
    if (!event.subject) return null;
    const was = this.#joined.get(event.subject.id) ?? false;
    const is = event.content.membership === "join";
    this.#joined.set(event.subject.id, is);
    if (was === is) return null; // invited, or a changed name or picture
    const did = is ? "joined" : "left";
    const previous = this.#startLine(event.time);
    if (previous && this.#crowd?.did === did && this.#crowd.element === this.#list.lastElementChild) {
      this.#crowd.names.push(event.subject.name);
      const element = membership(this.#crowd.names, did, event.time);
      this.#crowd.element.replaceWith(element);
      this.#crowd.element = element;
      return { kind: "line", element };
    }
    const names = [event.subject.name];
    const element = membership(names, did, event.time);
    this.#crowd = { did, names, element };
    this.#append(element, "", event.time);
    return { kind: "line", element };
  }

  #redact(event) {
    const reactions = this.#reactions.get(event.content.redacts);
    if (reactions) {
      reactions.remove(event.content.redacts);
      this.#reactions.delete(event.content.redacts);
      return { kind: "reaction", element: reactions.element };
    }
    const target = this.#messages.get(event.content.redacts);
    if (!target) return null;
    const content = { msgtype: "m.notice", body: "Message deleted" };
    target.versions = [];
    target.event.content = content;
    this.#redraw(target, content);
    return { kind: "edit", element: target.element };
  }

  // startLine parts the days, and returns the line before if it is of the same one.
  #startLine(time) {
    const today = dayOf(time);
    if (this.#previous?.day === today) return this.#previous;
    this.#list.append(daySeparator(time));
    return null;
  }

  #append(element, sender, time) {
    this.#list.append(element);
    this.#previous = { sender, time, day: dayOf(time) };
    while (this.#list.childElementCount > keep) {
      const oldest = this.#list.firstElementChild;
      for (const id of this.#messages.get(oldest.dataset.event)?.reactions?.events() ?? []) this.#reactions.delete(id);
      this.#messages.delete(oldest.dataset.event);
      oldest.remove();
    }
  }
}

// flash draws the eye to a line for a moment; how is the style sheet's.
export function flash(element) {
  element.classList.remove("flash");
  void element.offsetWidth; // lets an animation that still runs begin again
  element.classList.add("flash");
}
