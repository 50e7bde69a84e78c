// The choice of a sample: a tile per service, the samples of the chosen one below, and a
// search over all of them. The arrow keys move within the tiles and within the samples.

import { sendSample } from "/web/api.js";
import { avatar, button, make } from "/web/message.js";

const byId = (id) => document.getElementById(id);

export class Picker {
  #services = [];
  #chosen = ""; // a service's name
  #tiles = new Map(); // by service
  #do;

  // send(element, action) and edit(service, sample) are what a sample's two buttons do.
  constructor(actions) {
    this.#do = actions;
    byId("search").addEventListener("input", () => this.#draw());
    byId("search").addEventListener("keydown", (e) => {
      if (e.key !== "ArrowDown") return;
      e.preventDefault();
      byId("samples").querySelector(".sample")?.focus();
    });
    byId("services").addEventListener("keydown", (e) => this.#moveTile(e));
    byId("samples").addEventListener("keydown", (e) => this.#moveSample(e));
    byId("one-of-each").addEventListener("click", (e) => this.#do.send(e.currentTarget, () => this.#sendOneOfEach()));
    document.addEventListener("keydown", (e) => {
      if (e.key !== "/" || e.ctrlKey || e.metaKey || e.altKey || e.target.closest("input, textarea, select")) return;
      if (!byId("search").checkVisibility()) return;
      e.preventDefault();
      byId("search").focus();
    });
  }

  show(services) {
    this.#services = services;
    if (!services.some((service) => service.name === this.#chosen)) this.#chosen = services[0]?.name ?? "";
    this.#tiles = new Map(services.map((service) => [service.name, this.#tile(service)]));
    byId("services").replaceChildren(...this.#tiles.values());
    this.#draw();
  }

  #tile(service) {
    const tile = button("tile", () => this.#choose(service.name), "", avatar(service.title, service.avatar), make("span", "tile-title", service.title));
    tile.setAttribute("role", "radio");
    tile.dataset.service = service.name;
    tile.title = `${service.title}: ${service.samples.length} samples`;
    return tile;
  }

  #choose(name) {
    this.#chosen = name;
    byId("search").value = "";
    this.#draw();
    byId("samples").scrollTop = 0;
  }

  // A search shows what matches of all services; without one, the chosen service's samples.
  #draw() {
    const query = words(byId("search").value.trim().toLowerCase());
    for (const [name, tile] of this.#tiles) {
      const chosen = name === this.#chosen && query === "";
      tile.setAttribute("aria-checked", String(chosen));
      tile.tabIndex = name === this.#chosen ? 0 : -1;
    }
    const found = query === ""
      ? this.#services.filter((service) => service.name === this.#chosen)
      : this.#services.map((service) => ({ ...service, samples: matching(service, query) })).filter((service) => service.samples.length > 0);
    byId("samples").replaceChildren(...found.flatMap((service) => this.#list(service, query !== "")));
    if (query && !found.length) byId("samples").append(make("p", "no-match", "No sample has such a name."));
    const first = byId("samples").querySelector(".sample");
    if (first) first.tabIndex = 0;
  }

  #list(service, titled) {
    const count = service.samples.length === 1 ? "1 sample" : `${service.samples.length} samples`;
    const rows = [titled
      ? make("h3", "", avatar(service.title, service.avatar), service.title)
      : make("h3", "", service.title, make("span", "", count))];
    let group = "";
    for (const sample of service.samples) {
      const slash = sample.lastIndexOf("/");
      if (sample.slice(0, slash + 1) !== group) {
        group = sample.slice(0, slash + 1);
        if (group) rows.push(make("h4", "", words(group.slice(0, -1))));
      }
      const name = words(sample.slice(slash + 1));
      const send = button("sample", () => this.#do.send(send, () => sendSample(service.name, sample)), "", name);
      send.title = `${service.name}/${sample}`;
      send.tabIndex = -1;
      const edit = button("edit", () => this.#do.edit(service.name, sample), `Change ${name} before it is sent`, "Edit");
      edit.tabIndex = -1;
      rows.push(make("div", "row", send, edit));
    }
    return rows;
  }

  #moveTile(e) {
    const columns = getComputedStyle(byId("services")).gridTemplateColumns.split(" ").length;
    const step = { ArrowRight: 1, ArrowLeft: -1, ArrowDown: columns, ArrowUp: -columns }[e.key];
    if (!step) return;
    e.preventDefault();
    const names = [...this.#tiles.keys()];
    const next = names[names.indexOf(e.target.dataset.service) + step];
    if (!next) return;
    this.#choose(next);
    this.#tiles.get(next).focus();
  }

  #moveSample(e) {
    const all = [...byId("samples").querySelectorAll(".sample")];
    const row = e.target.closest(".row");
    const at = all.findIndex((sample) => sample.parentElement === row);
    let next = null;
    switch (e.key) {
      case "ArrowDown": next = all[at + 1]; break;
      case "ArrowUp": next = all[at - 1] ?? byId("search"); break;
      case "Home": next = all[0]; break;
      case "End": next = all.at(-1); break;
      case "ArrowRight": next = row?.querySelector(".edit"); break;
      case "ArrowLeft": next = row?.querySelector(".sample"); break;
      default: return;
    }
    e.preventDefault();
    if (!next) return;
    all.forEach((sample) => { sample.tabIndex = -1; });
    (next.closest(".row")?.querySelector(".sample") ?? all[0]).tabIndex = 0;
    next.focus();
  }

  async #sendOneOfEach() {
    for (const { name, samples } of this.#services) {
      if (samples.length > 0) await sendSample(name, samples[0]);
    }
  }
}

// matching returns the samples in whose name, with its service's, every word of a query is.
function matching(service, query) {
  return service.samples.filter((sample) => {
    const name = words(`${service.title} ${sample}`.toLowerCase());
    return query.split(" ").every((word) => name.includes(word));
  });
}

// words makes a file's name readable: "Download.manual-import" is "Download manual import".
function words(name) {
  return name.replace(/[-_.]+/g, " ");
}
