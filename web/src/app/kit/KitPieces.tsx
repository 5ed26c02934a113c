import { Group, Stack } from '@mantine/core';
import { IconNote, IconPencil, IconUsers } from '@tabler/icons-react';
import { useState } from 'react';
import { DateField } from '@/ui/DateField';
import { EmptyState } from '@/ui/EmptyState';
import { ErrorState } from '@/ui/ErrorState';
import { FactList } from '@/ui/facts/FactList';
import { CriteriaBuilder } from '@/ui/filters/CriteriaBuilder';
import { draftOf } from '@/ui/filters/draft';
import { FilterBar } from '@/ui/filters/FilterBar';
import type { Filter } from '@/ui/filters/filter';
import { FieldInput } from '@/ui/form/FieldInput';
import { Money } from '@/ui/Money';
import { PersonBadge } from '@/ui/PersonBadge';
import { PagePart } from '@/ui/page/Page';
import { SearchBox } from '@/ui/SearchBox';
import { Keys } from '@/ui/shortcuts/Keys';
import { Timeline, type TimelineEntry } from '@/ui/timeline/Timeline';
import { When } from '@/ui/When';
import { factGroups, failure, filterFields, refusal } from './samples';

/** Values as they are read. */
export function Values() {
  const hourAgo = new Date(Date.now() - 3_600_000).toISOString();
  return (
    <PagePart id="kit-values" title="Money, When, PersonBadge, Keys">
      <Group gap="lg">
        <Money amount="1250000.50" currency="TRY" />
        <Money amount="1250000.50" currency="EUR" compact />
        <Money amount="-10.00" currency="USD" />
        <When at="2026-05-19" />
        <When at={hourAgo} style="date-time" />
        <When at={hourAgo} relative />
        <PersonBadge name="Çiğdem Işık" />
        <PersonBadge name="İsmail Öz" nameless />
        <Keys keys="g c" />
      </Group>
    </PagePart>
  );
}

/** What values are written with. */
export function Inputs() {
  const [text, setText] = useState('');
  const [day, setDay] = useState<string | null>('2026-05-19');
  const [values, setValues] = useState<Record<string, unknown>>({});
  return (
    <PagePart id="kit-inputs" title="SearchBox, DateField, FieldInput">
      <Group gap="xs" align="flex-end">
        <SearchBox label="SearchBox" value={text} onChange={setText} />
        <DateField label="DateField" value={day} onChange={setDay} />
        <DateField label="DateField, refused" value={null} onChange={setDay} error="Bir gün seçin." />
      </Group>
      <Stack gap="xs" maw={420}>
        {factGroups[0]?.facts.slice(0, 12).map(({ name, label, kind, choices, value }) => (
          <FieldInput
            key={name}
            label={label}
            kind={kind}
            choices={choices}
            value={name in values ? values[name] : value}
            onChange={(next) => setValues({ ...values, [name]: next })}
            error={name === 'number' ? 'Bu sayı olmaz.' : undefined}
          />
        ))}
      </Stack>
    </PagePart>
  );
}

/** Facts that are edited in place; what is given "hata" is refused. */
export function Facts() {
  const save = async (_name: string, value: unknown) => {
    if (value === 'hata') throw refusal;
  };
  return (
    <PagePart id="kit-facts" title="FactList">
      <FactList groups={factGroups} onSave={save} />
      <FactList
        groups={factGroups.map((group) => ({ ...group, label: 'Yalnızca okunan', facts: group.facts.slice(0, 2) }))}
        onSave={save}
        readOnly
      />
    </PagePart>
  );
}

const noErrors = new Map<string, string>();

/** Conditions, simple and in groups, one of them wrong. */
export function Filters() {
  const [filters, setFilters] = useState<Filter[]>([
    { field: 'city', operator: 'in', value: 'İzmir,Ağrı' },
    { field: 'amount', operator: 'gte', value: '1000' },
  ]);
  const [draft, setDraft] = useState(() =>
    draftOf({
      any: [
        { field: 'city', op: 'in', value: ['İzmir'] },
        { not: { all: [{ field: 'amount', op: 'gte', value: '10' }] } },
      ],
    }),
  );
  const first = draft.children[0]?.id;
  return (
    <PagePart id="kit-filters" title="FilterBar, CriteriaBuilder">
      <FilterBar fields={filterFields} value={[]} onChange={() => {}} />
      <FilterBar fields={filterFields} value={filters} onChange={setFilters} />
      <CriteriaBuilder
        fields={filterFields}
        value={draft}
        onChange={setDraft}
        errors={first ? new Map([[first, 'Bu değer olmaz.']]) : noErrors}
      />
    </PagePart>
  );
}

const entries: TimelineEntry[] = Array.from({ length: 9 }, (_, place) => ({
  id: 9 - place,
  at: new Date(Date.now() - place * 9 * 3_600_000).toISOString(),
  icon: place % 4 === 0 ? IconNote : IconPencil,
  title: place % 4 === 0 ? 'Çiğdem Işık not yazdı' : 'Alanlar değişti',
  body: place % 4 === 0 ? 'Görüşme iyi geçti; yarın yeniden aranacak.' : undefined,
  isQuiet: place % 4 !== 0,
}));

/** A history, and one that is on its way. */
export function Timelines() {
  const [kind, setKind] = useState('');
  const shared = {
    kinds: [{ value: 'note', label: 'Notlar' }],
    kind,
    onKind: setKind,
    hasMore: false,
    onMore: () => {},
  };
  return (
    <PagePart id="kit-timeline" title="Timeline">
      <Timeline {...shared} entries={entries} isLoading={false} />
      <Timeline {...shared} entries={[]} isLoading />
    </PagePart>
  );
}

/** In the place of what is not there. */
export function States() {
  return (
    <PagePart id="kit-states" title="EmptyState, ErrorState">
      <EmptyState icon={IconUsers} title="Henüz kimse yok" text="Bir müşteri ekleyin ya da içe aktarın." />
      <ErrorState error={failure} onRetry={() => {}} />
    </PagePart>
  );
}
