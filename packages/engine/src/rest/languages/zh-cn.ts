import type { Catalogue } from './catalogue.ts';
import { actions } from './zh-cn/actions.ts';
import { clusters } from './zh-cn/clusters.ts';
import { cpus } from './zh-cn/cpus.ts';
import { disks } from './zh-cn/disks.ts';
import { hostNetworks } from './zh-cn/host-networks.ts';
import { hosts } from './zh-cn/hosts.ts';
import { limits } from './zh-cn/limits.ts';
import { networks } from './zh-cn/networks.ts';
import { own } from './zh-cn/own.ts';
import { scheduling } from './zh-cn/scheduling.ts';
import { sentences } from './zh-cn/sentences.ts';
import { signingIn } from './zh-cn/signing-in.ts';
import { storage } from './zh-cn/storage.ts';
import { templatesAndPools } from './zh-cn/templates-and-pools.ts';
import { users } from './zh-cn/users.ts';
import { vms } from './zh-cn/vms.ts';

export const zhCn: Catalogue = {
  language: 'zh-CN',
  stop: '。',
  frame: '无法$action。',
  ...actions,
  messages: {
    ...own,
    ...vms,
    ...cpus,
    ...templatesAndPools,
    ...disks,
    ...storage,
    ...networks,
    ...hostNetworks,
    ...hosts,
    ...clusters,
    ...scheduling,
    ...limits,
    ...users,
  },
  sentences: { ...sentences, ...signingIn },
};
