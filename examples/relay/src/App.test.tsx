import { createRoot } from "react-dom/client";
import { expect, test, vi } from "vitest";

import { App } from "./App";
import { environment } from "./environment";

const { HUB_KEY } = process.env;

const elements = (selector: string) => [...document.querySelectorAll<HTMLElement>(selector)];
const shown = (hold: () => void) => vi.waitFor(hold, { timeout: 10_000 });

function press(text: string) {
  const button = elements("button").find((each) => each.textContent === text);
  if (!button) throw new Error(`There is no button ${text}.`);
  button.click();
}

test("two pages of accounts, one of them, and its deals read anew", async () => {
  const root = document.body.appendChild(document.createElement("div"));
  createRoot(root).render(<App environment={environment(location.href, HUB_KEY)} />);

  await shown(() => expect(elements("li"), document.body.innerHTML).toHaveLength(10));
  press("More");
  await shown(() => expect(elements("li")).toHaveLength(20));

  const name = elements("li button")[11]?.textContent ?? "";
  press(name);
  await shown(() => expect(elements("article h2")[0]?.textContent).toBe(name));
  expect(elements("article ul")[0]?.textContent).toContain("calls it");

  const asking = vi.spyOn(globalThis, "fetch");
  press("Refresh");
  await shown(() => expect(asking).toHaveBeenCalledOnce());
  expect(asking.mock.calls[0]?.[1]?.body).toContain("DealsPageQuery");
  await shown(() => expect(document.body.textContent).not.toContain("Loading"));
  expect(elements("article h3")[0]?.textContent).toBe("Deals");
});
