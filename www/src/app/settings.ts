// What a reader chose, kept between visits where the browser allows it.
export function load(key: string): string | null {
  try {
    return localStorage.getItem(`kubestep.${key}`);
  } catch {
    return null;
  }
}

export function save(key: string, value: string): void {
  try {
    localStorage.setItem(`kubestep.${key}`, value);
  } catch {
    // Private windows and embedded frames may have no storage: the choice then lasts as long as the page.
  }
}
