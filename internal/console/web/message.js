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

// button makes one that does something; a label is for what its text does not say.
export function button(className, press, label, ...children) {
  const element = make("button", className, ...children);
  element.type = "button";
  if (label) element.setAttribute("aria-label", label);
  element.addEventListener("click", press);
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

// membership is the small line of those who join or leave: names grows.
export function membership(names, did, milliseconds) {
  const text = make("span", "line-text");
  names.forEach((name, i) => {
    text.append(i === 0 ? "" : i === names.length - 1 ? " and " : ", ", make("b", "", name));
  });
  text.append(` ${did} the room`);
  const icon = make("span", "line-icon", did === "joined" ? "↪" : "↩");
  icon.setAttribute("aria-hidden", "true");
  return make("div", "line", icon, text, time(milliseconds));
}

// card is the body of a message: what an edit replaces.
export function card(content) {
  const body = make("div", "card");
  if (content.msgtype === "m.notice") body.classList.add("notice");
  if (isHTML(content)) body.append(fragment(content.formatted_body));
  else body.append(make("p", "plain", String(content.body ?? "")));
  return body;
}

const isHTML = (content) => content.format === "org.matrix.custom.html" && typeof content.formatted_body === "string";

// firstLine is what a quote shows of a message: its plain text's first line.
export const firstLine = (content) => String(content.body ?? "").split("\n", 1)[0];

// edits is what stands under a card that was changed: a dot for each of its states, in the
// colour of its badge, and the first lines of all of them on request.
export function edits(versions, open) {
  const list = make("ol", "versions");
  const dots = make("span", "dots");
  dots.setAttribute("aria-hidden", "true");
  for (const { content, at } of versions) {
    const dot = make("i");
    const badge = isHTML(content) && fragment(content.formatted_body).querySelector(".badge");
    if (badge) dot.style.backgroundColor = badge.style.backgroundColor;
    dots.append(dot);
    list.append(make("li", "", time(at), " ", firstLine(content)));
  }
  const times = versions.length - 1;
  const toggle = button("edited", () => show(list.hidden), "", dots, times === 1 ? "edited" : `edited ${times}×`);
  const show = (visible) => {
    list.hidden = !visible;
    toggle.setAttribute("aria-expanded", String(visible));
  };
  show(open);
  return make("div", "edits", toggle, list);
}

// quote is the line above a reply. Pressing it goes to the message; there is nothing to go
// to when the room no longer keeps it.
export function quote(target, goTo) {
  if (!target) return make("p", "quote", "Reply to an earlier message");
  return button("quote", goTo, "", make("b", "", target.sender.name), " ", firstLine(target.content));
}

// beside is what others than rooms show of a message: a phone's lock screen, and a client
// without HTML. Notices notify nobody by Matrix's default push rules, and neither do edits.
export function beside(sender, room, content, pushed) {
  const box = make("div", "beside");
  if (pushed.msgtype === "m.notice") {
    box.append(make("p", "push silent", "No push: a notice disturbs nobody"));
  } else {
    const head = make("p", "push-head", avatar(sender.name, sender.avatar), make("b", "", sender.name), make("span", "", room));
    const push = make("div", "push", head, make("p", "push-text", firstLine(pushed)));
    if (pushed["m.mentions"]?.room) push.append(make("p", "push-rings", "@room: rings everyone"));
    box.append(push);
  }
  const plain = make("pre", "plain-text", String(content.body ?? ""));
  plain.tabIndex = 0;
  plain.setAttribute("role", "region");
  plain.setAttribute("aria-label", "Plain text");
  box.append(plain);
  return box;
}

// message is a message with its head, or without it when it follows one of the same sender.
export function message(sender, milliseconds, { grouped, reply, body, beside }) {
  const head = make("div", "head", make("span", "name", sender.name), time(milliseconds));
  const item = make("article", grouped ? "message grouped" : "message");
  item.append(grouped ? make("span", "gutter") : avatar(sender.name, sender.avatar));
  const content = make("div", "content", head);
  if (reply) content.append(reply);
  content.append(body);
  item.append(content);
  if (beside) item.append(beside);
  return item;
}
