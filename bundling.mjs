// What every bundle of the program shares: build.mjs and bench/run.mjs use it.

/**
 * What the bundle leaves out: Ink asks for React's developer tools only when DEV=true; conf's when-exit takes SIGINT,
 * SIGTERM and SIGHUP for itself and ends the process, while commands and editor have their own answer to them.
 */
export const withoutDeadweight = {
  name: "without-deadweight",
  setup(bundler) {
    bundler.onResolve({ filter: /^(react-devtools-core|when-exit)$/ }, (found) => ({
      path: found.path,
      namespace: "nothing",
    }));
    bundler.onLoad({ filter: /.*/, namespace: "nothing" }, () => ({ contents: "export default () => {}" }));
  },
};

/** CommonJS packages inside an ES module bundle call `require` for Node's own modules. */
export const banner =
  "import { createRequire as createRequireOf } from 'node:module'; const require = createRequireOf(import.meta.url);";
