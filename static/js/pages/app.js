// What every page runs. Each part looks for its own marks and leaves the page alone otherwise.

import { startClock } from "../ui/clock.js";
import { closeWithEscape } from "../ui/confirm.js";
import { offerCopies } from "../ui/copy.js";
import { startCountdowns } from "../ui/countdown.js";
import { offerShortcuts } from "../ui/shortcuts.js";

startClock();
startCountdowns();
offerCopies();
closeWithEscape();
offerShortcuts();
