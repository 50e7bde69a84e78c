// Draws foreign HTML from an allow-list: the tags and attributes of the Matrix specification
// (v1.19, m.room.message, "formatted_body"), with the meaning that clients give them. What is
// not listed is not copied, so there is nothing to escape: text stays, a tag is lost.

const policy = window.trustedTypes?.createPolicy("foreign-html", {
  createHTML: (html) => html, // goes into a document that is never shown: see fragment
});

const plain = new Set(("del h1 h2 h3 h4 h5 h6 blockquote p a ul ol sup sub li b i u strong em s code hr br div " +
  "table thead tbody tr th td caption pre span details summary").split(" "));

// These go with all that is in them: it was never text for a reader.
const lost = new Set(("script style head title template noscript textarea select option iframe object embed " +
  "svg math audio video mx-reply").split(" "));

const maxDepth = 100;
const color = /^#[0-9a-f]{6}$/i;
const schemes = new Set(["http:", "https:", "ftp:", "mailto:", "magnet:"]);

const attributes = {
  a(from, to) {
    let url;
    try { url = new URL(from.getAttribute("href") ?? ""); } catch { return; } // also where it is relative
    if (url.origin === "https://matrix.to" && url.hash.startsWith("#/@")) { // a user, whom clients open themselves
      to.className = "mention";
      return;
    }
    if (!schemes.has(url.protocol)) return;
    to.href = url.href;
    to.target = "_blank";
    to.rel = "noreferrer noopener";
  },
  span(from, to) {
    const foreground = from.getAttribute("data-mx-color");
    const background = from.getAttribute("data-mx-bg-color");
    if (color.test(foreground)) to.style.color = foreground;
    if (color.test(background)) {
      to.style.backgroundColor = background;
      to.className = "badge";
    }
  },
  ol(from, to) {
    const start = Number.parseInt(from.getAttribute("start"), 10);
    if (Number.isSafeInteger(start)) to.start = start;
  },
  code(from, to) {
    const language = [...from.classList].find((name) => /^language-[\w+#-]+$/.test(name));
    if (language) to.className = language;
  },
};

// fragment returns the nodes that show html. The parsed document has no window: nothing in
// it runs or loads, and none of its nodes are used.
export function fragment(html) {
  const parsed = new DOMParser().parseFromString(policy ? policy.createHTML(html) : html, "text/html");
  const result = document.createDocumentFragment();
  copyChildren(parsed.body, result, 0);
  return result;
}

function copyChildren(from, to, depth) {
  for (const node of from.childNodes) copy(node, to, depth);
}

function copy(node, to, depth) {
  if (node.nodeType === Node.TEXT_NODE) {
    to.append(node.data);
    return;
  }
  if (node.nodeType !== Node.ELEMENT_NODE) return;
  const name = node.localName;
  if (lost.has(name)) return;
  if (depth >= maxDepth) {
    to.append(node.textContent);
    return;
  }
  if (name === "img") { // the page has no media of others; its words do
    to.append(node.getAttribute("alt") || node.getAttribute("title") || "");
    return;
  }
  if (!plain.has(name)) {
    copyChildren(node, to, depth + 1);
    return;
  }
  const element = document.createElement(name);
  if (Object.hasOwn(attributes, name)) attributes[name](node, element);
  copyChildren(node, element, depth + 1);
  to.append(element);
}
