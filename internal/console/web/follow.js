// Follow keeps the newest line in view until the reader scrolls up, and then counts what
// comes below on a button that leads back.

const near = 64; // px from the end that still count as being there

export class Follow {
  #scroller;
  #button;
  #following = true;
  #unseen = 0;

  constructor(scroller, button) {
    this.#scroller = scroller;
    this.#button = button;
    scroller.addEventListener("scroll", () => this.#scrolled(), { passive: true });
    button.addEventListener("click", () => {
      this.toEnd();
      scroller.focus({ preventScroll: true }); // the button goes away
    });
    // The sheet of samples and a phone's keyboard take from the room's height.
    new ResizeObserver(() => { if (this.#following) this.toEnd(); }).observe(scroller);
  }

  // shown is called when the room comes into view: what is followed was not while it was away.
  shown() {
    if (this.#following) this.toEnd();
  }

  // changed is called after lines came or grew: count is how many of them are new messages.
  changed(count) {
    if (this.#following) {
      this.toEnd();
      return;
    }
    this.#unseen += count;
    this.#draw();
  }

  toEnd() {
    this.#following = true;
    this.#unseen = 0;
    this.#scroller.scrollTop = this.#scroller.scrollHeight;
    this.#draw();
  }

  #scrolled() {
    if (this.#scroller.clientHeight === 0) return; // out of view
    const { scrollHeight, scrollTop, clientHeight } = this.#scroller;
    this.#following = scrollHeight - scrollTop - clientHeight < near;
    if (this.#following) this.#unseen = 0;
    this.#draw();
  }

  #draw() {
    this.#button.hidden = this.#following;
    const some = this.#unseen === 1 ? "1 new message" : `${this.#unseen} new messages`;
    this.#button.textContent = this.#unseen ? `${some} ↓` : "To the newest ↓";
    this.#button.classList.toggle("unseen", this.#unseen > 0);
  }
}
