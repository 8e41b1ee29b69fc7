/** While a study opens, its first picture has the connections and the server to itself. */

/** A study may hold no picture, or none that can be shown. */
const LONGEST_WAIT_MS = 1500;

let isShown: Promise<void> = Promise.resolve();
let tell: () => void = () => undefined;

/** A study begins to open: what is less urgent waits from here on. */
export function expectPicture(): void {
  tell();
  isShown = new Promise((resolve) => {
    tell = resolve;
  });
  window.setTimeout(tell, LONGEST_WAIT_MS);
}

/** A picture is on screen, or none will be. */
export function pictureShown(): void {
  tell();
}

/** Waits for the first picture of a study that is being opened; elsewhere for nothing. */
export function afterFirstPicture(): Promise<void> {
  return isShown;
}
