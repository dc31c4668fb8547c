/** What comes next: of what is there now and of what is wished for, and of nothing else. Whoever was interrupted begins anew here and goes on. */
import { nextOfCreate, nextOfRestore } from './found.ts';
import { nextOfJoin } from './join.ts';
import { nextOfRemove } from './leave.ts';
import { nextOfResize } from './resize.ts';
import type { Scene } from './scene.ts';
import type { Next } from './steps.ts';
import { nextOfUpgrade } from './upgrade.ts';
import { nextOfDefrag, nextOfDisarm } from './upkeep.ts';
import type { Wish } from './wish.ts';

export function nextOf(scene: Scene, wish: Wish): Next {
  switch (wish.command) {
    case 'create':
      return nextOfCreate(scene, wish);
    case 'add':
    case 'replace':
      return nextOfJoin(scene, wish.replacing);
    case 'remove':
      return nextOfRemove(scene, wish.memberId);
    case 'resize':
      return nextOfResize(scene, wish.voters, wish.places);
    case 'upgrade':
      return nextOfUpgrade(scene);
    case 'defrag':
      return nextOfDefrag(scene);
    case 'disarm':
      return nextOfDisarm(scene);
    case 'restore':
      return nextOfRestore(scene, wish);
  }
}
