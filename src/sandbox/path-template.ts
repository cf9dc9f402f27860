/** The parameters of `path` when it has the form of `template` (`/a/:b`), decoded; undefined otherwise. */
export function matchPath(template: string, path: string): Record<string, string> | undefined {
  const wanted = template.split('/');
  const given = path.split('/');
  if (wanted.length !== given.length) return undefined;
  const params: Record<string, string> = {};
  for (const [at, part] of wanted.entries()) {
    const value = decode(given[at] ?? '');
    if (part.startsWith(':') ? !value : value !== part) return undefined;
    if (part.startsWith(':')) params[part.slice(1)] = value ?? '';
  }
  return params;
}

function decode(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}
