// The panel: stories, and the samples of all services. On a phone it is a sheet at the bottom.

import { problem, setAuto } from "/web/api.js";
import { button, make } from "/web/message.js";
import { Picker } from "/web/picker.js";

const byId = (id) => document.getElementById(id);

export class Panel {
  #auto = null;
  #picker;
  #tell;
  #shown = "";

  // sent() is called when something is about to be sent, edit(service, sample) when a sample
  // is to be changed first, tell(story) when a story is to be told.
  constructor({ sent, edit, tell }) {
    this.#tell = tell;
    this.#picker = new Picker({
      send: (element, action) => {
        sent();
        return this.press(element, action);
      },
      edit: (service, sample) => {
        this.#openSheet(false);
        edit(service, sample);
      },
    });
    byId("auto").addEventListener("click", (e) => this.press(e.currentTarget, () => this.#switchAuto()));
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
    const offered = JSON.stringify([page.services, page.stories]);
    if (this.#shown === offered) return;
    this.#shown = offered;
    byId("stories").replaceChildren(...page.stories.map((story) => button("story-button", () => {
      this.#openSheet(false);
      this.#tell(story);
    }, "", make("b", "", story.title), make("span", "", story.about))));
    this.#picker.show(page.services);
  }

  // press runs what a button does, shows on it how that went, and says what went wrong.
  async press(element, action) {
    if (element.getAttribute("aria-busy") === "true") return;
    element.setAttribute("aria-busy", "true");
    let outcome = "sent";
    byId("notice").textContent = "";
    try {
      await action();
    } catch (err) {
      outcome = "failed";
      byId("notice").textContent = problem(err);
    }
    element.removeAttribute("aria-busy");
    element.dataset.outcome = outcome;
    setTimeout(() => { delete element.dataset.outcome; }, 900);
  }

  async #switchAuto() {
    this.#auto = await setAuto(!this.#auto.on);
    this.#drawAuto();
  }

  #drawAuto() {
    byId("auto").hidden = this.#auto === null;
    byId("auto").setAttribute("aria-checked", String(this.#auto?.on ?? false));
  }

  #sheetIsOpen() {
    return byId("sheet").getAttribute("aria-expanded") === "true";
  }

  #openSheet(open) {
    byId("sheet").setAttribute("aria-expanded", String(open));
    byId("panel").classList.toggle("open", open);
  }
}
