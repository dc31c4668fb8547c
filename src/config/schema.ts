/**
 * The configuration file: every key, its bounds and what it means. The JSON Schema, the README's table and the checks all come from here. Values
 * stay as written; resolve.ts turns them into policies.
 */
import * as z from 'zod';
import { alertTarget } from './alert-schema.ts';
import { backupCheck } from './backups.ts';
import { duration } from './duration-schema.ts';
import { election } from './elections.ts';
import { backup, etcd } from './etcd-schema.ts';
import { argv, listen, path, unitName, url } from './values.ts';

const day = 86_400_000;

const count = (least: number, most: number, meaning: string) => z.number().int().min(least).max(most).describe(meaning);

export const componentName = z
  .string()
  .regex(/^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/, 'expected a name of a to z, 0 to 9 and -, at most 63 characters');
const status = z.number().int().min(100).max(599);
const socketAt = (usual: string) => z.strictObject({ socket: path.default(usual).describe('unix socket') });

const probe = z
  .strictObject({
    http: z
      .strictObject({
        url: url.describe('what is asked for'),
        socket: path.optional().describe('unix socket to connect to in place of the address in the URL'),
        expect: z
          .union([status, z.array(status).min(1).max(20)], {
            error: 'expected a status such as 200, or a list of them',
          })
          .default(200)
          .describe('the status or statuses of a healthy reply'),
        ca: path.optional().describe('file with the certificates to trust'),
        insecure: z.boolean().default(false).describe('do not check the certificate'),
      })
      .optional()
      .describe('GET this URL'),
    tcp: z
      .strictObject({
        host: z.string().min(1).max(253).default('127.0.0.1').describe('name or address'),
        port: z.number().int().min(1).max(65_535).describe('port'),
      })
      .optional()
      .describe('connect, no more'),
    exec: argv.optional().describe('run this command; exit status 0 is healthy'),
    cri: z
      .strictObject({ socket: path.describe('unix socket') })
      .extend({ look: z.enum(['version', 'status']).default('version').describe('status also reads its conditions') })
      .optional()
      .describe('ask the CRI RuntimeService'),
    containerd: socketAt('/run/containerd/containerd.sock')
      .extend({
        look: z
          .enum(['version', 'metadata', 'shims'])
          .default('version')
          .describe('metadata reads and writes its database; shims compares its tasks with the running shims'),
      })
      .optional()
      .describe('ask containerd'),
    docker: socketAt('/run/docker.sock')
      .extend({
        look: z
          .enum(['ping', 'version', 'inspect'])
          .default('ping')
          .describe('version asks containerd and runc in turn; inspect takes one running container after another'),
      })
      .optional()
      .describe('ask dockerd'),
    etcd: z
      .strictObject({
        url: url.describe('what is asked for'),
        ca: path.optional().describe('file with the certificates to trust'),
        cert: path.optional().describe('file with the client certificate'),
        key: path.optional().describe('file with its key'),
        look: z
          .enum(['health', 'serves', 'others'])
          .default('health')
          .describe(
            'health is what it says of itself; serves takes any answer of its gRPC server; others is bad where the other members see no answer either and keep quorum without it',
          ),
      })
      .optional()
      .describe('ask an etcd member'),
    unit: z.strictObject({}).optional().describe("read the state of the unit's main process"),
    role: z
      .enum(['vote', 'witness', 'report'])
      .optional()
      .describe('vote decides; witness must agree before a hang is acted on; report is only shown'),
    every: duration(100, day, 'time between looks').optional(),
    timeout: duration(10, 600_000, 'deadline of a look').optional(),
  })
  .describe('one way to look at the component; exactly one of http, tcp, exec, cri, containerd, docker, etcd, unit');

export const probeKinds = ['http', 'tcp', 'exec', 'cri', 'containerd', 'docker', 'etcd', 'unit'] as const;

const rung = z.union(
  [
    z.enum(['restart', 'kill', 'reboot']),
    z.strictObject({
      exec: argv.describe('a command; no shell'),
      timeout: duration(100, 600_000, 'deadline of the command').default('30s'),
    }),
  ],
  {
    error: 'expected restart, kill, reboot or { exec: [/path/to/command, ...] }',
  },
);

export const component = z.strictObject({
  preset: z
    .enum(['containerd', 'docker', 'crio', 'kubelet', 'kube-proxy', 'etcd'])
    .optional()
    .describe('what is known of this kind of component'),
  unit: unitName.optional().describe('the systemd service; the preset has its own'),
  critical: z.boolean().optional().describe('counts for /readyz'),
  after: z.array(componentName).max(20).optional().describe('components without which this one cannot work'),
  probes: z
    .record(componentName, probe)
    .refine((probes) => Object.keys(probes).length <= 20, 'expected at most 20 probes')
    .optional()
    .describe("by name; one of the name of a preset's probe changes that one"),
  hang: z
    .strictObject({
      failures: count(1, 100, 'bad looks that make a hang').optional(),
      of: count(1, 100, 'among so many last looks').optional(),
      for: duration(0, day, 'the least time they must span').optional(),
    })
    .optional()
    .describe('when silence is a hang'),
  grace: duration(0, day, 'time to start up, and to be verified after an action').optional(),
  ladder: z.array(rung).max(10).optional().describe('what may be tried, in order'),
  budget: z
    .strictObject({
      actions: count(0, 1_000, 'actions allowed').optional(),
      per: duration(1_000, 30 * day, 'in this window').optional(),
    })
    .optional()
    .describe('how many restarts, those of systemd included'),
  backoff: z
    .strictObject({
      first: duration(0, day, 'delay before the second action').optional(),
      factor: z.number().min(1).max(100).optional().describe('growth of the delay'),
      max: duration(0, day, 'longest delay; also the distance of retries when the budget is spent').optional(),
      jitter: z.number().min(0).max(0.9).optional().describe('share by which delays vary'),
    })
    .optional()
    .describe('delays between actions'),
});

const leader = z.strictObject({
  namespace: z.string().min(1).max(63).optional().describe('namespace of the Lease; default: kube-system'),
  lease: z.string().min(1).max(253).optional().describe('name of the Lease; default: the name here'),
  kubeconfig: path
    .optional()
    .describe("with what the Lease is read; default: the component's own below /etc/kubernetes, else admin.conf there"),
  instances: z
    .array(url)
    .max(20)
    .optional()
    .describe('where instances answer /healthz and /metrics; default for the two of kubeadm: the one on this node'),
  every: duration(1_000, 60_000, 'time between looks at the Lease; default: 2s').optional(),
});

const apiservers = z.strictObject({
  servers: z.array(url).max(50).default([]).describe('API servers, such as https://10.0.0.1:6443'),
  endpoints: z.boolean().default(false).describe('look at those too that the endpoints of the service kubernetes name'),
  kubeconfig: path.optional().describe('with what they are asked; default with endpoints: /etc/kubernetes/admin.conf'),
  ca: path.optional().describe("file with the certificates to trust; default: the kubeconfig's"),
  insecure: z.boolean().default(false).describe('do not check certificates; then no token is sent'),
  every: duration(1_000, 600_000, 'time between looks').default('5s'),
  timeout: duration(100, 60_000, 'deadline of a look; above 2s, for which a server waits for its etcd').default('4s'),
  rise: count(1, 100, 'good looks in a row that bring one back').default(2),
  fall: count(1, 100, 'bad looks in a row that take one out').default(3),
});

export const config = z.strictObject({
  node: z.string().min(1).max(253).optional().describe('name of this node; default: the host name'),
  listen: listen.default('0.0.0.0:9745').describe('read-only HTTP'),
  tls: z
    .strictObject({
      cert: path.describe('file with the certificate and those between it and the authority'),
      key: path.describe('file with its key'),
      clientCa: path
        .optional()
        .describe('only clients with a certificate of this authority may read, health checks apart'),
    })
    .optional()
    .describe('speak TLS on `listen`; the files are read again when they change'),
  bearerTokenFile: path
    .optional()
    .describe('only clients that show the token in this file may read on `listen`, health checks apart'),
  socket: path.default('/run/nodemend/nodemend.sock').describe('control socket, root and group nodemend'),
  discover: z.boolean().default(true).describe('add the components found on this node'),
  readyz: z
    .strictObject({
      downAfter: duration(0, day, 'how long trouble lasts before /readyz says 503').default('1s'),
      upAfter: duration(0, day, 'how long all is well before /readyz says 200 again').default('5s'),
      staleAfter: duration(0, day, 'how long a blind agent keeps its last answer').default('60s'),
      failOpen: z.boolean().default(true).describe('what a blind agent says afterwards: 200, or 503 when false'),
      drainFor: duration(
        0,
        10_000,
        'how long an agent that was told to stop still answers 503 and drain; default: 3s with agentCheck or trackFile, else 0s',
      ).optional(),
    })
    .prefault({})
    .describe('how /readyz turns'),
  agentCheck: z
    .strictObject({ listen: listen.default('0.0.0.0:9746').describe('TCP; each connection gets one line') })
    .optional()
    .describe("answers HAProxy's agent-check"),
  trackFile: path.optional().describe('file for keepalived: 0 while this node may take traffic, else 1'),
  leaders: z
    .record(componentName, leader)
    .refine((leaders) => Object.keys(leaders).length <= 50, 'expected at most 50 elections')
    .default({})
    .describe('leader elections that are checked, by name; those of a control-plane node are found'),
  apiservers: apiservers.optional().describe('API servers that are looked at, and which of them are in rotation'),
  components: z
    .record(componentName, component)
    .refine((components) => Object.keys(components).length <= 500, 'expected at most 500 components')
    .default({})
    .describe('what is supervised, by name'),
  elections: z
    .record(componentName, election)
    .refine((elections) => Object.keys(elections).length <= 1_000, 'expected at most 1000 elections')
    .default({})
    .describe('for what exactly one is to lead, by name'),
  etcd: etcd.optional().describe('watch the etcd cluster with a member on this node; {} suffices'),
  backup: backup.optional().describe('take snapshots of etcd and prove that they restore; {} suffices'),
  backups: z
    .record(componentName, backupCheck)
    .refine((checks) => Object.keys(checks).length <= 100, 'expected at most 100 checks')
    .default({})
    .describe('backups that others make and whose freshness is checked, by name'),
  alerts: z
    .record(componentName, alertTarget)
    .refine((targets) => Object.keys(targets).length <= 20, 'expected at most 20 targets')
    .default({})
    .describe('who is told of trouble, by name'),
});

export type Config = z.infer<typeof config>;
export type LeaderConfig = z.infer<typeof leader>;
export type ComponentConfig = z.infer<typeof component>;
export type ProbeConfig = z.infer<typeof probe>;

/** The JSON Schema of the file, as `nodemend schema` prints it. */
export function jsonSchema(): Record<string, unknown> {
  // Draft 7 is what editors understand.
  return z.toJSONSchema(config, { io: 'input', target: 'draft-7' }) as Record<string, unknown>;
}
