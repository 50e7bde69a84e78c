// Light or dark: as the system says, until a person chooses the other one here.

import { recall, remember } from "/web/memory.js";

const systemDark = matchMedia("(prefers-color-scheme: dark)");
const system = () => (systemDark.matches ? "dark" : "light");
const current = () => {
  const chosen = recall("theme");
  return chosen === "light" || chosen === "dark" ? chosen : system();
};

function apply() {
  document.documentElement.dataset.theme = current();
  const button = document.getElementById("theme");
  if (!button) return; // this runs before the page is drawn, so that it never flashes
  const label = `Switch to ${current() === "dark" ? "light" : "dark"}`;
  button.setAttribute("aria-label", label);
  button.title = label;
}

function toggle() {
  const other = current() === "dark" ? "light" : "dark";
  remember("theme", other === system() ? null : other); // null is back to following the system
  apply();
}

apply();
systemDark.addEventListener("change", apply);
document.addEventListener("DOMContentLoaded", () => {
  apply();
  document.getElementById("theme").addEventListener("click", toggle);
});
