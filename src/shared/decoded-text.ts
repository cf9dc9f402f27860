/** JSON when it is JSON, else the text. */
export function decodedText(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return text;
  }
}
