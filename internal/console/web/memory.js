// What a person has chosen here. Storage can be forbidden; then a choice lasts as long as the
// page.

const chosen = new Map();

export function recall(name) {
  if (chosen.has(name)) return chosen.get(name);
  try { return localStorage.getItem(name); } catch { return null; }
}

// remember keeps a choice; null forgets it.
export function remember(name, value) {
  chosen.set(name, value);
  try {
    if (value === null) localStorage.removeItem(name);
    else localStorage.setItem(name, value);
  } catch { /* as above */ }
}
