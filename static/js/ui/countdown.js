// The time left until an instant, in words, counted on the server's clock.

import { serverTime } from "./server_time.js";
import { spanText, t } from "./text.js";

export function startCountdowns() {
  const places = [...document.querySelectorAll("[data-countdown]")];
  if (places.length === 0) return;
  const tick = () => {
    const now = serverTime();
    for (const place of places) show(place, Date.parse(place.dataset.countdown) - now);
    setTimeout(tick, 1000 - (now % 1000));
  };
  tick();
}

function show(place, left) {
  const text = left > 0 ? spanText(left) : t("has passed");
  if (place.textContent === text) return;
  place.textContent = text;
  place.closest(".countdown")?.classList.toggle("is-over", left <= 0);
}
