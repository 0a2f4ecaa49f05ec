/** What the page shows besides data: which dialog is open, which tab, light or dark. */

import { effect, signal } from "@preact/signals";

export type DialogName = "connect" | "deposit" | "withdraw" | "proofs" | "help";
export type Theme = "auto" | "dark" | "light";
/** Of the page at phone width. */
export type Place = "chart" | "book" | "trade" | "account";

const THEME = "theme";

export const dialog = signal<DialogName | null>(null);
export const theme = signal<Theme>(stored());
export const place = signal<Place>("chart");
/** A price that was chosen in the book, for the order form. */
export const chosenPrice = signal<string | null>(null);
export const side = signal<"buy" | "sell">("buy");

const scheme = matchMedia("(prefers-color-scheme: light)");
const prefersLight = signal(scheme.matches);
scheme.addEventListener("change", () => (prefersLight.value = scheme.matches));

/** Has the page follow the theme. */
export function followTheme(): void {
  effect(() => {
    if (theme.value === "auto") delete document.documentElement.dataset["theme"];
    else document.documentElement.dataset["theme"] = theme.value;
    keep(theme.value);
  });
}

/** Whether the page is dark now. */
export function isDark(): boolean {
  return theme.value === "auto" ? !prefersLight.value : theme.value === "dark";
}

export function nextTheme(): void {
  theme.value = isDark() ? "light" : "dark";
}

function stored(): Theme {
  try {
    const found = localStorage.getItem(THEME);
    return found === "dark" || found === "light" ? found : "auto";
  } catch {
    return "auto"; // this browser lets pages keep nothing
  }
}

function keep(chosen: Theme): void {
  try {
    localStorage.setItem(THEME, chosen);
  } catch {
    // then it is chosen for as long as the page is open
  }
}
