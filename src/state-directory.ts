/** Where the agent keeps what has to outlive it. */

const usual = '/var/lib/nodemend';

/** Of several directories that a unit may ask for, the first is ours. */
export const stateDirectory = (): string => process.env['STATE_DIRECTORY']?.split(':')[0] || usual;
