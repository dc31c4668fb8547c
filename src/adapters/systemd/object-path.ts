/** Object paths of units, escaped as systemd does (bus_label_escape in its source). Pure. */

const prefix = '/org/freedesktop/systemd1/unit/';

/** `docker.service` -> `/org/freedesktop/systemd1/unit/docker_2eservice`. A leading digit is escaped too. */
export const pathOfUnit = (unit: string): string => {
  if (unit === '') return `${prefix}_`;
  let label = '';
  for (const [index, byte] of Buffer.from(unit, 'utf8').entries()) {
    const character = String.fromCharCode(byte);
    const plain = /[A-Za-z]/.test(character) || (index > 0 && /[0-9]/.test(character));
    label += plain ? character : `_${byte.toString(16).padStart(2, '0')}`;
  }
  return prefix + label;
};

/** The number at the end of `/org/freedesktop/systemd1/job/97`, 0 when it is no job's path. */
export const jobOfPath = (path: unknown): number => {
  const found = typeof path === 'string' ? /^\/org\/freedesktop\/systemd1\/job\/([0-9]{1,10})$/.exec(path) : null;
  return found === null ? 0 : Number(found[1]);
};
