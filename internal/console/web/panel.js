// The panel of samples: a section per service that folds, a button per sample, a search over
// all of them. On a phone it is a sheet at the bottom.

import { sendSample, setAuto } from "/web/api.js";
import { avatar, make } from "/web/message.js";

const byId = (id) => document.getElementById(id);

export class Panel {
  #sections = []; // {service, element, toggle, buttons: [{sample, element}], open, next}
  #auto = null;

  constructor() {
    byId("search").addEventListener("input", () => this.#filter());
    byId("one-of-each").addEventListener("click", (e) => this.#press(e.currentTarget, () => this.#sendOneOfEach()));
    byId("auto").addEventListener("click", (e) => this.#press(e.currentTarget, () => this.#switchAuto()));
    byId("sheet").addEventListener("click", () => this.#openSheet(!this.#sheetIsOpen()));
    byId("panel").addEventListener("keydown", (e) => {
      if (e.key !== "Escape" || !this.#sheetIsOpen() || e.target.value) return;
      this.#openSheet(false);
      byId("sheet").focus();
    });
  }

  // show draws what the server offers; called again after a reconnect, it keeps what is there.
  show(page) {
    this.#auto = page.auto;
    this.#drawAuto();
    const services = JSON.stringify(page.services);
    if (this.shown === services) return;
    this.shown = services;
    this.#sections = page.services.map((service, i) => this.#section(service, i === 0));
    byId("services").replaceChildren(...this.#sections.map((section) => section.element), make("p", "no-match"));
    this.#filter();
  }

  #section(service, open) {
    const id = `samples-${service.name}`;
    const toggle = make("button", "service-toggle",
      avatar(service.title, service.avatar),
      make("span", "service-title", service.title),
      make("span", "service-count", String(service.samples.length)));
    toggle.type = "button";
    toggle.setAttribute("aria-controls", id);
    toggle.setAttribute("aria-label", `${service.title}, ${service.samples.length} samples`);
    const send = make("button", "button small", "Send");
    send.type = "button";
    send.setAttribute("aria-label", `Send a sample of ${service.title}`);
    const list = make("div", "samples");
    list.id = id;
    const section = { service, toggle, list, open, next: 0, buttons: [] };
    let group = "";
    for (const sample of service.samples) {
      const slash = sample.lastIndexOf("/");
      if (sample.slice(0, slash + 1) !== group) {
        group = sample.slice(0, slash + 1);
        list.append(make("h4", "", group.slice(0, -1)));
      }
      const button = make("button", "sample", words(sample.slice(slash + 1)));
      button.type = "button";
      button.title = `${service.name}/${sample}`;
      button.addEventListener("click", () => this.#press(button, () => sendSample(service.name, sample)));
      list.append(button);
      section.buttons.push({ sample, element: button });
    }
    toggle.addEventListener("click", () => {
      section.open = toggle.getAttribute("aria-expanded") !== "true";
      this.#fold(section, section.open);
    });
    send.addEventListener("click", () => this.#press(send, () => this.#sendNext(section)));
    section.element = make("section", "service", make("h3", "", toggle), send, list);
    return section;
  }

  #fold(section, open) {
    section.toggle.setAttribute("aria-expanded", String(open));
    section.list.hidden = !open;
  }

  // A search opens the sections with a match; without one they are as the reader left them.
  #filter() {
    const query = words(byId("search").value.trim().toLowerCase());
    let found = 0;
    for (const section of this.#sections) {
      const all = section.service.title.toLowerCase().includes(query);
      let matches = 0;
      for (const { sample, element } of section.buttons) {
        element.hidden = !(all || words(sample.toLowerCase()).includes(query));
        if (!element.hidden) matches++;
      }
      section.list.querySelectorAll("h4").forEach((title) => { title.hidden = query !== ""; });
      section.element.hidden = matches === 0 && query !== "";
      this.#fold(section, query === "" ? section.open : matches > 0);
      found += matches;
    }
    const none = byId("services").querySelector(".no-match");
    if (none) none.textContent = found || !query ? "" : "No sample has such a name.";
  }

  // A service's own button goes through its samples, so that each press shows another card.
  #sendNext(section) {
    const { service } = section;
    if (service.samples.length === 0) return Promise.resolve();
    return sendSample(service.name, service.samples[section.next++ % service.samples.length]);
  }

  async #sendOneOfEach() {
    for (const section of this.#sections) await this.#sendNext(section);
  }

  async #switchAuto() {
    this.#auto = await setAuto(!this.#auto.on);
    this.#drawAuto();
  }

  #drawAuto() {
    byId("auto").hidden = this.#auto === null;
    byId("auto").setAttribute("aria-checked", String(this.#auto?.on ?? false));
  }

  // press runs what a button does, shows on it how that went, and says what went wrong.
  async #press(button, action) {
    if (button.getAttribute("aria-busy") === "true") return;
    button.setAttribute("aria-busy", "true");
    let outcome = "sent";
    byId("notice").textContent = "";
    try {
      await action();
    } catch (err) {
      outcome = "failed";
      byId("notice").textContent = err instanceof TypeError ? "The demo does not answer." : err.message;
    }
    button.removeAttribute("aria-busy");
    button.dataset.outcome = outcome;
    setTimeout(() => { delete button.dataset.outcome; }, 900);
  }

  #sheetIsOpen() {
    return byId("sheet").getAttribute("aria-expanded") === "true";
  }

  #openSheet(open) {
    byId("sheet").setAttribute("aria-expanded", String(open));
    byId("panel").classList.toggle("open", open);
  }
}

// words makes a file's name readable: "Download.manual-import" is "Download manual import".
function words(name) {
  return name.replace(/[-_.]+/g, " ");
}
