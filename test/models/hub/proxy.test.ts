import { expect, it } from "vitest";
import { proxyFor } from "../../../src/models/hub/proxy.ts";

const PROXY = "http://proxy:8080";

it.each([
  ["https://huggingface.co/x", { HTTPS_PROXY: PROXY }, PROXY],
  ["https://huggingface.co/x", { https_proxy: PROXY, HTTPS_PROXY: "http://other" }, PROXY],
  ["http://mirror/x", { HTTPS_PROXY: PROXY }, null],
  ["http://mirror/x", { HTTP_PROXY: PROXY }, PROXY],
  ["https://huggingface.co/x", { HTTPS_PROXY: PROXY, NO_PROXY: "*" }, null],
  ["https://huggingface.co/x", { HTTPS_PROXY: PROXY, NO_PROXY: "localhost, huggingface.co" }, null],
  ["https://cdn.huggingface.co/x", { HTTPS_PROXY: PROXY, NO_PROXY: ".huggingface.co" }, null],
  ["https://cdn.huggingface.co/x", { HTTPS_PROXY: PROXY, no_proxy: "huggingface.co:443" }, null],
  ["https://cdn.huggingface.co/x", { HTTPS_PROXY: PROXY, NO_PROXY: "huggingface.co:8443" }, PROXY],
  ["https://nothuggingface.co/x", { HTTPS_PROXY: PROXY, NO_PROXY: "huggingface.co" }, PROXY],
  ["https://huggingface.co/x", {}, null],
])("%s with %j goes through %s", (address, env, proxy) => {
  expect(proxyFor(new URL(address), env)).toBe(proxy);
});
