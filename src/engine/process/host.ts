/* The engine process: `startEngine` forks it from the bundle dist/engine-host.js. */
import { openEngine } from "../engine.ts";
import { serveParent } from "./channel.ts";

serveParent(openEngine);
