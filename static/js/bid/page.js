// The parts of the sealing page and small things done with them.
//
//   given(id)                     the JSON that the server put into the page
//   part(selector, inside?)       one element, which must be there
//   sign(name)                    an icon of the page's templates
//   say(element, text)            shows the text, hides the element when there is none
//   checks(list): {add(text): {ok(text?), wrong(text), wait(text)}}
//   progress(element): {show(done, total, text), hide()}
//   notice(level, title, text, actions?)  one line on top of the work; returns how to take it away
//   once(button, act)             a button is not pressed twice
//   drawn()                       the page has been drawn

/** @param {string} id */
export const given = (id) => JSON.parse(document.getElementById(id)?.textContent ?? "null");

/** @param {string} selector @param {ParentNode} [inside] @returns {any} */
export function part(selector, inside = document) {
  const found = inside.querySelector(selector);
  if (found === null) throw new Error(`the page has no ${selector}`);
  return found;
}

/** @param {string} name @returns {Node} */
export function sign(name) {
  return part(`#sign-${name}`).content.cloneNode(true);
}

/** @param {HTMLElement} element @param {string} text */
export function say(element, text) {
  element.textContent = text;
  element.hidden = text === "";
}

/** @param {HTMLElement} list */
export function checks(list) {
  list.replaceChildren();
  return {
    /** @param {string} text */
    add(text) {
      const [item, mark, words] = ["li", "span", "span"].map((tag) => document.createElement(tag));
      item.className = "check";
      mark.className = "check-sign";
      words.className = "check-text";
      item.append(mark, words);
      list.append(item);
      const show = (/** @type {string} */ result, /** @type {string} */ name) => (/** @type {string} */ said = text) => {
        item.dataset.result = result;
        mark.replaceChildren(sign(name));
        words.textContent = said;
      };
      const check = { ok: show("ok", "ok"), wrong: show("wrong", "wrong"), wait: show("waiting", "waiting") };
      check.wait();
      return check;
    },
  };
}

/** @param {HTMLElement} element */
export function progress(element) {
  const bar = part("progress", element);
  const words = part("[data-progress-text]", element);
  return {
    /** @param {number} done @param {number} total @param {string} text */
    show(done, total, text) {
      element.hidden = false;
      bar.max = total;
      bar.value = done;
      words.textContent = text;
    },
    hide() {
      element.hidden = true;
    },
  };
}

/**
 * @param {"info" | "warning" | "error"} level @param {string} title @param {string} text
 * @param {Node[]} [actions]
 */
export function notice(level, title, text, actions = []) {
  const place = part("[data-notices]");
  const key = `${level} ${title}`;
  for (const other of place.children) if (other.dataset.key === key) other.remove();
  const box = document.createElement("div");
  box.className = `alert is-${level}`;
  box.dataset.key = key;
  box.setAttribute("role", level === "info" ? "status" : "alert");
  const body = document.createElement("div");
  body.className = "alert-body";
  const head = document.createElement("p");
  head.className = "alert-title";
  head.textContent = title;
  const words = document.createElement("p");
  words.textContent = text;
  body.append(head, words, ...actions);
  box.append(sign(level === "info" ? "info" : "alert"), body);
  place.append(box);
  return () => box.remove();
}

/** @param {HTMLElement} button @param {() => Promise<any>} act */
export async function once(button, act) {
  if (button.getAttribute("aria-disabled") === "true") return;
  button.setAttribute("aria-disabled", "true");
  try {
    await act();
  } finally {
    button.removeAttribute("aria-disabled");
  }
}

export const drawn = () =>
  new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve)));
