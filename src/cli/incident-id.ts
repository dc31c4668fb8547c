/** Incident ids as people see and type them: without the word that all of them begin with. */
const prefix = 'incident-';

export function shortId(id: string): string {
  return id.startsWith(prefix) ? id.slice(prefix.length) : id;
}

/** The id as the daemon knows it. */
export function longId(id: string): string {
  return id.startsWith(prefix) ? id : prefix + id;
}
