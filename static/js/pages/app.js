// What every page runs. Each part looks for its own marks and leaves the page alone otherwise.

import { startClock } from "../ui/clock.js";
import { closeWithEscape } from "../ui/confirm.js";
import { offerCopies } from "../ui/copy.js";
import { startCountdowns } from "../ui/countdown.js";
import { focusErrors } from "../ui/errors.js";

focusErrors();
startClock();
startCountdowns();
offerCopies();
closeWithEscape();
