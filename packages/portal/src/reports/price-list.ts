import type { Client } from '@virgate/sdk';

type Places = Client['virgate']['priceLists'];

export type PriceList = Awaited<ReturnType<Places['list']>>[number];
export type NewPriceList = Parameters<Places['add']>[0];
type StoragePrice = PriceList['storage'][number];

/** A price list as its dialog has it: all texts; what a row is about is `domain:ID` or `type:NAME` for storage, an id for a cluster. */
export interface PriceListDraft {
  name: string;
  currency: string;
  vcpuHour: string;
  memoryGibHour: string;
  gibMonth: string;
  clusters: { about: string; vcpuHour: string; memoryGibHour: string }[];
  storage: { about: string; gibMonth: string }[];
}

export const emptyDraft: PriceListDraft = {
  name: '',
  currency: 'EUR',
  vcpuHour: '0',
  memoryGibHour: '0',
  gibMonth: '0',
  clusters: [],
  storage: [],
};

export const draftOf = ({ name, currency, vcpuHour, memoryGibHour, gibMonth, clusters, storage }: PriceList): PriceListDraft => ({
  name,
  currency,
  vcpuHour,
  memoryGibHour,
  gibMonth,
  clusters: clusters.map((one) => ({ about: one.cluster, vcpuHour: one.vcpuHour, memoryGibHour: one.memoryGibHour })),
  storage: storage.map((one) => ({
    about: one.storageDomain === undefined ? `type:${one.storageType ?? ''}` : `domain:${one.storageDomain}`,
    gibMonth: one.gibMonth,
  })),
});

/** A price as it is sent: a decimal stays a text, so that no digit is lost; some write its point as a comma. */
const price = (typed: string): string => typed.trim().replace(/^(\d+),(\d+)$/, '$1.$2');

/** What the engine takes; rows that are about nothing yet are left out. Pure. */
export function listOf(draft: PriceListDraft): NewPriceList {
  return {
    name: draft.name.trim(),
    currency: draft.currency,
    vcpuHour: price(draft.vcpuHour),
    memoryGibHour: price(draft.memoryGibHour),
    gibMonth: price(draft.gibMonth),
    clusters: draft.clusters
      .filter(({ about }) => about !== '')
      .map((one) => ({ cluster: one.about, vcpuHour: price(one.vcpuHour), memoryGibHour: price(one.memoryGibHour) })),
    storage: draft.storage
      .filter(({ about }) => about !== '')
      .map((one): StoragePrice => {
        const [kind, value = ''] = one.about.split(':');
        const gibMonth = price(one.gibMonth);
        return kind === 'type'
          ? { storageType: value as NonNullable<StoragePrice['storageType']>, gibMonth }
          : { storageDomain: value, gibMonth };
      }),
  };
}
