// A story is told step by step: the page has a step's webhooks sent, says below the room what
// to look at, and waits.

import { problem, tellStep } from "/web/api.js";
import { button, make } from "/web/message.js";

export class Teller {
  #box;
  #told = 0; // counts stories, so that a newer one ends the one before

  constructor(box) {
    this.#box = box;
  }

  async tell(story) {
    const me = ++this.#told;
    const began = Date.now();
    for (let step = 0; step < story.steps.length; step++) {
      this.#draw(story, step, story.steps[step].text);
      try {
        await tellStep(story.name, began, step);
      } catch (err) {
        if (me === this.#told) this.#draw(story, step, problem(err));
        return;
      }
      await new Promise((resolve) => { setTimeout(resolve, story.steps[step].wait); });
      if (me !== this.#told) return;
    }
    this.#box.hidden = true;
  }

  #stop() {
    this.#told++;
    this.#box.hidden = true;
  }

  #draw({ title, steps }, step, text) {
    const dots = make("span", "story-steps", ...steps.map((_, i) => make("i", i < step ? "done" : i === step ? "now" : "")));
    dots.children[step].style.animationDuration = `${steps[step].wait}ms`;
    dots.setAttribute("aria-hidden", "true");
    this.#box.replaceChildren(
      make("p", "story-head", make("b", "", title), make("span", "", `${step + 1} of ${steps.length}`), dots),
      button("icon-button", () => this.#stop(), "Stop the story", "×"),
      make("p", "story-text", text));
    this.#box.hidden = false;
  }
}
