/** What nodemend has on a node, for the README and the manual. What is to be typed stands between backticks. */
export const nodeFiles: Readonly<Record<string, string>> = {
  '/usr/bin/nodemend': 'the command',
  '/usr/lib/nodemend/': 'the bundle and its own Node runtime; nothing else has to be installed',
  '/lib/systemd/system/nodemend.service': 'the unit',
  '/lib/systemd/system/nodemend-etcd-repair.service':
    'replaces a dead etcd member; the daemon starts it where `etcd.repair` is `act`',
  '/usr/lib/sysusers.d/nodemend.conf': 'the group `nodemend`',
  '/etc/nodemend/nodemend.yaml': 'the configuration; an upgrade keeps yours',
  '/var/lib/nodemend/nodemend.db': 'state and history (70 days, 10,000 transitions), SQLite; the folder has mode 0700',
  '/var/lib/nodemend/evidence/':
    'what was captured before each action, one JSON file each, at most 50 files of at most 1 MiB',
  '/var/lib/nodemend/etcd/': 'what was last known of the etcd cluster, and the work on members that was begun here',
  '/var/lib/nodemend/last-good.yaml': 'the last configuration that was in force',
  '/var/cache/nodemend/compile/': "Node's compile cache; may be deleted",
  '/run/nodemend/nodemend.sock': 'the control socket',
  '/usr/share/doc/nodemend/':
    'examples of configurations and scenarios; alerting rules and a dashboard; the licences of what is inside',
  '/usr/share/man/': 'nodemend(8) and nodemend.yaml(5)',
};
