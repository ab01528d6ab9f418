// The clock in the head of the page. Its first text comes from the server; this lets it tick.

import { instantText } from "./text.js";
import { askAfterSleep, serverTime } from "./server_time.js";

export function startClock() {
  const clock = document.querySelector("[data-now] time");
  if (!clock) return;
  const { zone, zoneName } = clock.parentElement.dataset;
  const tick = () => {
    const now = serverTime();
    clock.textContent = `${instantText(now, zoneName)} ${zone}`;
    clock.dateTime = new Date(now).toISOString();
    setTimeout(tick, 1000 - (now % 1000));
  };
  tick();
  askAfterSleep();
}
