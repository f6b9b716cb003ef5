/** Runs before the page: who comes for one part of a design, as the address says, needs what shows it as soon as the page. */
import { fetchBeside, isFramed } from "../head.js";
import { warmUp } from "./drawing.js";

const [kind] = location.hash.slice(1).split(/[/@]/);

if (kind) fetchBeside();
if (isFramed(kind)) warmUp();
