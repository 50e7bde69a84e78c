// Light or dark: as the system says, until a person chooses the other one here.

const systemDark = matchMedia("(prefers-color-scheme: dark)");

// Storage can be forbidden; then the choice lasts as long as the page.
const stored = {
  get() { try { return localStorage.getItem("theme"); } catch { return null; } },
  set(theme) {
    try {
      if (theme) localStorage.setItem("theme", theme);
      else localStorage.removeItem("theme");
    } catch { /* as above */ }
  },
};

let chosen = stored.get();
const system = () => (systemDark.matches ? "dark" : "light");
const current = () => (chosen === "light" || chosen === "dark" ? chosen : system());

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
  chosen = other === system() ? null : other; // back to following the system
  stored.set(chosen);
  apply();
}

apply();
systemDark.addEventListener("change", apply);
document.addEventListener("DOMContentLoaded", () => {
  apply();
  document.getElementById("theme").addEventListener("click", toggle);
});
