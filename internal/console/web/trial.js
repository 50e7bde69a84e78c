// The workbench: what a webhook that a visitor writes becomes, and where it would go.

import { preview, problem, sample, sendRequest } from "/web/api.js";
import { avatar, beside, card, make, message } from "/web/message.js";

const byId = (id) => document.getElementById(id);
const verdicts = { yes: ["✓", "holds"], no: ["–", "does not hold"], "not asked": ["", "not asked: an earlier one took it"] };

export class Trial {
  #services = new Map(); // by name
  #rooms = new Map(); // titles by name
  #press;
  #next = -1; // the sample of the service that was taken last
  #asked = 0; // counts previews, so that an older one that comes late is not shown

  // press(button, action) shows on a button how its action went.
  constructor(press) {
    this.#press = press;
    byId("trial-service").addEventListener("change", () => {
      this.#next = -1;
      this.#drawService();
    });
    byId("trial-form").addEventListener("submit", (e) => {
      e.preventDefault();
      this.#see();
    });
    byId("trial-form").addEventListener("keydown", (e) => {
      if (e.key === "Enter" && (e.ctrlKey || e.metaKey)) this.#see();
    });
    byId("trial-request").addEventListener("paste", () => setTimeout(() => this.#see()));
    byId("trial-sample").addEventListener("click", () => {
      const { name, samples } = this.#services.get(byId("trial-service").value);
      if (samples.length === 0) return;
      this.#next = (this.#next + 1) % samples.length;
      this.edit(name, samples[this.#next]);
    });
    byId("trial-send").addEventListener("click", (e) => this.#press(e.currentTarget, () => this.#send()));
    this.#say("Choose a service, paste what it sends, and see its card. Any sample can be taken to begin with: beside its name in the list of samples is Edit.");
  }

  show({ services, rooms }) {
    if (this.#services.size === services.length) return; // a reconnect leaves the choice alone
    this.#rooms = new Map(rooms.map(({ name, title }) => [name, title]));
    const chosen = byId("trial-service").value;
    this.#services = new Map(services.map((service) => [service.name, service]));
    byId("trial-service").replaceChildren(...services.map(({ name, title }) => new Option(title, name, false, name === chosen)));
    this.#drawService();
  }

  // edit takes a sample to be changed, and shows what it becomes as it is.
  async edit(service, name) {
    byId("trial-service").value = service;
    this.#drawService();
    try {
      byId("trial-request").value = (await sample(service, name)).request;
    } catch (err) {
      this.#say(problem(err), true);
      return;
    }
    byId("trial-request").setSelectionRange(0, 0);
    byId("trial-request").scrollTop = 0;
    await this.#see();
  }

  #drawService() {
    const service = this.#services.get(byId("trial-service").value);
    byId("trial-avatar").replaceChildren(service ? avatar(service.title, service.avatar) : "");
  }

  async #see() {
    const me = ++this.#asked;
    const service = this.#services.get(byId("trial-service").value);
    byId("trial-see").setAttribute("aria-busy", "true");
    let show;
    try {
      const outcome = await preview(service.name, byId("trial-request").value, byId("trial-filter").value.trim());
      show = () => this.#draw(service, outcome);
    } catch (err) {
      show = () => this.#say(problem(err), true);
    }
    if (me !== this.#asked) return;
    byId("trial-see").removeAttribute("aria-busy");
    show();
  }

  async #send() {
    try {
      await sendRequest(byId("trial-service").value, byId("trial-request").value);
    } catch (err) {
      this.#say(problem(err), true);
      throw err;
    }
  }

  #say(text, wrong) {
    byId("trial-out").replaceChildren(make("p", wrong ? "trial-say wrong" : "trial-say", text));
  }

  #draw(service, outcome) {
    const { notification, content, rooms } = outcome;
    const parts = [];
    if (outcome.fallback) {
      parts.push(make("p", "trial-say", `${service.title}'s formatter does not know this (${outcome.fallback}), so the one for everything tells it: nothing is lost for its looks.`));
    }
    const first = rooms?.[0];
    const sender = { name: service.title, avatar: service.avatar };
    const pushed = { ...content, "m.mentions": { room: rooms?.some((to) => to.mentions?.includes("@room")) } };
    const shown = message(sender, Date.now(), {
      body: make("div", "body", card(content)),
      beside: beside(sender, first ? this.#rooms.get(first.room) : "", content, pushed),
    });
    shown.classList.add("always-beside");
    parts.push(section("Where it goes", this.#destination(outcome)), section("The card", shown), section("What was understood", understood(notification)));
    byId("trial-out").replaceChildren(...parts);
    byId("trial-out").scrollTop = 0;
  }

  #destination({ rooms, filter, routes }) {
    const box = make("div", "destination");
    const to = make("p", "to");
    for (const { room, mentions } of rooms ?? []) {
      to.append(make("span", "to-room", `# ${this.#rooms.get(room)}`, mentions ? make("b", "", mentions.join(" ")) : ""));
    }
    if (!rooms?.length) to.append(make("span", "to-room nowhere", "Nowhere: the filter drops it"));
    box.append(to);
    const asked = make("ul", "conditions");
    if (filter) asked.append(condition("filter", filter, filter.said === "yes" ? "keeps it" : filter.failed ? "failed, so it is kept" : "drops it"));
    for (const route of routes ?? []) {
      const where = this.#rooms.get(route.to.room) + (route.to.mentions ? ` ${route.to.mentions.join(" ")}` : "");
      asked.append(condition("when", route, `→ ${where}`));
    }
    if (rooms?.length && !routes?.length) asked.append(make("li", "", "This hook has no routes: its own room gets all."));
    else if (rooms?.length && !routes.some(({ said }) => said === "yes")) asked.append(make("li", "", "No route matches: it goes to the hook's own room."));
    box.append(asked);
    return box;
  }
}

function condition(kind, { source, said, failed }, result) {
  const [mark, meaning] = verdicts[said];
  const icon = make("span", "mark", mark);
  icon.title = meaning;
  icon.setAttribute("aria-label", meaning);
  icon.setAttribute("role", "img");
  const line = make("li", said === "yes" ? "yes" : "no", icon, make("span", "", make("span", "kind", kind), " ", make("code", "", source), " ", result));
  if (failed) line.append(make("p", "wrong", failed));
  return line;
}

// understood lists what the payload means, before it looks like anything.
function understood(notification) {
  const list = make("dl", "understood");
  const add = (name, ...value) => list.append(make("dt", "", name), make("dd", "", ...value));
  const { event, severity, status, subject, summary, labels, incident, loud } = notification;
  if (event) add("event", event);
  add("severity", loud ? `${severity}, and loud` : severity);
  if (status) add("status", status);
  if (subject) add("subject", subject);
  if (summary) add("summary", summary);
  if (incident?.state) add("incident", `${incident.state}: ${incident.key}`);
  const names = Object.keys(labels ?? {}).sort();
  if (names.length) add("labels", ...names.map((name) => make("code", "", `${name}=${labels[name]}`)));
  const all = make("details", "", make("summary", "", "All of it, as JSON"), make("pre", "", JSON.stringify(notification, null, 2)));
  return make("div", "", list, all);
}

function section(title, ...content) {
  return make("section", "", make("h2", "", title), ...content);
}
