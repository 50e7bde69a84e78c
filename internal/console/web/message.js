// How one event looks. Nothing here knows the timeline.

import { fragment } from "/web/html.js";

const clock = new Intl.DateTimeFormat(undefined, { timeStyle: "short" });
const moment = new Intl.DateTimeFormat(undefined, { dateStyle: "full", timeStyle: "medium" });
const day = new Intl.DateTimeFormat(undefined, { dateStyle: "full" });

// make creates an element with a class and children; strings become text.
export function make(tag, className, ...children) {
  const element = document.createElement(tag);
  if (className) element.className = className;
  element.append(...children);
  return element;
}

// avatar shows a picture, or the first letter of the name where there is none.
export function avatar(name, path) {
  const box = make("span", "avatar");
  box.setAttribute("aria-hidden", "true"); // the name stands beside it
  const letter = () => {
    box.dataset.hue = [...name].reduce((sum, c) => sum + c.codePointAt(0), 0) % 6;
    box.replaceChildren((name.match(/[\p{L}\p{N}]/u)?.[0] ?? "?").toUpperCase());
  };
  if (!path) {
    letter();
    return box;
  }
  const image = make("img");
  image.alt = "";
  image.addEventListener("error", letter);
  image.src = path;
  box.append(image);
  return box;
}

export function time(milliseconds) {
  const date = new Date(milliseconds);
  const element = make("time", "", clock.format(date));
  element.dateTime = date.toISOString();
  element.title = moment.format(date);
  return element;
}

export const dayOf = (milliseconds) => day.format(new Date(milliseconds));

export function daySeparator(milliseconds) {
  return make("div", "day", make("span", "", dayOf(milliseconds)));
}

// membership is the small line of someone who joins or leaves.
export function membership(event, did) {
  const line = make("span", "line-text", make("b", "", event.subject.name), ` ${did} the room`);
  const icon = make("span", "line-icon", did === "joined" ? "↪" : "↩");
  icon.setAttribute("aria-hidden", "true");
  return make("div", "line", icon, line, time(event.time));
}

// card is the body of a message: what an edit replaces.
export function card(content, edited) {
  const body = make("div", "card");
  if (content.msgtype === "m.notice") body.classList.add("notice");
  if (content.format === "org.matrix.custom.html" && typeof content.formatted_body === "string") {
    body.append(fragment(content.formatted_body));
  } else {
    body.append(make("p", "plain", String(content.body ?? "")));
  }
  if (edited) body.append(make("span", "edited", "(edited)"));
  return body;
}

// firstLine is what a quote shows of a message: its plain text's first line.
export const firstLine = (content) => String(content.body ?? "").split("\n", 1)[0];

// quote is the line above a reply. Pressing it goes to the message; there is nothing to go
// to when the room no longer keeps it.
export function quote(target, goTo) {
  if (!target) return make("p", "quote", "Reply to an earlier message");
  const line = make("button", "quote", make("b", "", target.sender.name), " ", firstLine(target.content));
  line.type = "button";
  line.addEventListener("click", goTo);
  return line;
}

// message is a message with its head, or without it when it follows one of the same sender.
export function message(event, { grouped, reply, body }) {
  const head = make("div", "head", make("span", "name", event.sender.name), time(event.time));
  const item = make("article", grouped ? "message grouped" : "message");
  item.append(grouped ? make("span", "gutter") : avatar(event.sender.name, event.sender.avatar));
  const content = make("div", "content", head);
  if (reply) content.append(reply);
  content.append(body);
  item.append(content);
  return item;
}
