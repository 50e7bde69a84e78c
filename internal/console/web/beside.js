// Whether push and plain text stand beside each card: where there is room for them, until a
// person chooses otherwise here.

import { recall, remember } from "/web/memory.js";

const wide = matchMedia("(min-width: 1320px)");
const current = () => recall("beside") ?? (wide.matches ? "on" : "off");

export function offerBeside(button) {
  const apply = () => {
    document.documentElement.dataset.beside = current();
    button.setAttribute("aria-pressed", String(current() === "on"));
  };
  button.addEventListener("click", () => {
    const other = current() === "on" ? "off" : "on";
    remember("beside", other);
    document.documentElement.dataset.beside = other;
    apply();
  });
  wide.addEventListener("change", apply);
  apply();
}
