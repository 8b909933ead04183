// Light or dark, and how dense: what the system prefers until a person chooses, then that.

import { applyDensity, applyMode, Density, Mode } from "@cloudscape-design/global-styles";

export type Appearance = "light" | "dark";

const KEY = "sluice.appearance";

const systemPrefers = (): Appearance =>
  window.matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light";

export function currentAppearance(): Appearance {
  const kept = localStorage.getItem(KEY);
  return kept === "light" || kept === "dark" ? kept : systemPrefers();
}

export function applyAppearance(): void {
  applyMode(currentAppearance() === "dark" ? Mode.Dark : Mode.Light);
  applyDensity(Density.Comfortable);
}

export function chooseAppearance(chosen: Appearance): void {
  localStorage.setItem(KEY, chosen);
  applyAppearance();
}
