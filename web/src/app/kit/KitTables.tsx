import { Button, SegmentedControl } from '@mantine/core';
import { IconUsers } from '@tabler/icons-react';
import { useState } from 'react';
import { EmptyState } from '@/ui/EmptyState';
import { ErrorState } from '@/ui/ErrorState';
import { Money } from '@/ui/Money';
import { PagePart } from '@/ui/page/Page';
import { PlainTable } from '@/ui/plain-table/PlainTable';
import { ColumnsButton } from '@/ui/record-table/ColumnsButton';
import { type Column, type Density, moved } from '@/ui/record-table/column';
import { RecordTable } from '@/ui/record-table/RecordTable';
import { useSelection } from '@/ui/record-table/selection';
import { failure, refusal, type Sample, samples } from './samples';

const all: Column<Sample>[] = [
  {
    id: 'name',
    header: 'Ad',
    width: 220,
    grow: 1,
    sortable: true,
    cell: ({ id, name }) => (
      <a href={`#${id}`} data-row-link>
        {name}
      </a>
    ),
    fact: ({ name }) => ({ name: 'name', label: 'Ad', kind: 'text', value: name }),
  },
  {
    id: 'city',
    header: 'İl',
    width: 160,
    sortable: true,
    cell: ({ city }) => city,
    fact: ({ city }) => ({ name: 'city', label: 'İl', kind: 'text', value: city }),
  },
  {
    id: 'amount',
    header: 'Tutar',
    width: 160,
    align: 'end',
    cell: ({ amount }) => <Money amount={amount} currency="TRY" />,
  },
];

const states = ['many', 'loading', 'empty', 'error'] as const;
const many = samples(10_000);
const ids = many.map(({ id }) => id);
const idOf = ({ id }: Sample) => id;
const nameOf = ({ name }: Sample) => name;
const nothing = () => {};

/** A `RecordTable` in each of its states; a cell that is given "hata" refuses. */
export function RecordTables() {
  const [state, setState] = useState<(typeof states)[number]>('many');
  const [ordering, setOrdering] = useState('');
  const [density, setDensity] = useState<Density>('normal');
  const [names, setNames] = useState(all.map(({ id }) => id));
  const [widths, setWidths] = useState<Record<string, number | undefined>>({});
  const [current, setCurrent] = useState<number>();
  const selection = useSelection(ids);
  const columns = names.flatMap((name) => {
    const column = all.find(({ id }) => id === name);
    return column
      ? [{ ...column, width: widths[name] ?? column.width, grow: widths[name] ? undefined : column.grow }]
      : [];
  });
  return (
    <PagePart
      id="kit-record-table"
      title="RecordTable"
      actions={
        <>
          <SegmentedControl
            aria-label="RecordTable"
            data={[...states]}
            value={state}
            onChange={(next) => setState(next as typeof state)}
          />
          <ColumnsButton
            choices={all.map(({ id, header }) => ({ id, label: header }))}
            value={names}
            onChange={setNames}
            density={density}
            onDensity={setDensity}
            onReset={() => setNames(all.map(({ id }) => id))}
          />
        </>
      }
    >
      <div style={{ height: 420, display: 'flex', flexDirection: 'column', minHeight: 0 }}>
        {state === 'error' ? (
          <ErrorState error={failure} onRetry={() => setState('many')} />
        ) : state === 'empty' ? (
          <EmptyState icon={IconUsers} title="Hiçbir şey yok" text="Boş bir liste böyle görünür." />
        ) : (
          <RecordTable
            label="RecordTable"
            columns={columns}
            rows={state === 'loading' ? [] : many}
            rowId={idOf}
            rowName={nameOf}
            total={many.length}
            hasMore={false}
            isLoading={state === 'loading'}
            onMore={nothing}
            ordering={ordering}
            onOrdering={setOrdering}
            selection={selection}
            density={density}
            arranging={{
              onResize: (name, width) => setWidths({ ...widths, [name]: width }),
              onMove: (name, to) => setNames(moved(names, name, to)),
              onHide: (name) => setNames(names.filter((other) => other !== name)),
            }}
            onEdit={async (_row, _fact, value) => {
              if (value === 'hata') throw refusal;
            }}
            current={current}
            onCurrent={(row) => setCurrent(row?.id)}
            foot={({ id }) => (id === 'amount' ? <Money amount="123456789.00" currency="TRY" compact /> : null)}
          />
        )}
      </div>
    </PagePart>
  );
}

const plain = [
  { id: 'name', header: 'Ad', cell: nameOf },
  { id: 'city', header: 'İl', cell: ({ city }: Sample) => city },
  {
    id: 'amount',
    header: 'Tutar',
    align: 'end' as const,
    cell: ({ amount }: Sample) => <Money amount={amount} currency="TRY" />,
  },
];

/** A `PlainTable` with rows, on its way, and without any. */
export function PlainTables() {
  const shared = { columns: plain, rowId: idOf };
  return (
    <PagePart id="kit-plain-table" title="PlainTable">
      <PlainTable
        {...shared}
        label="PlainTable"
        rows={many.slice(0, 4)}
        actions={({ name }) => (
          <Button variant="default" size="compact-sm" aria-label={`Düzenle: ${name}`}>
            Düzenle
          </Button>
        )}
      />
      <PlainTable {...shared} label="PlainTable, loading" rows={undefined} />
      <PlainTable
        {...shared}
        label="PlainTable, empty"
        rows={[]}
        empty={
          <EmptyState icon={IconUsers} title="Henüz yok" text="Bir tane ekleyin.">
            <Button>Ekle</Button>
          </EmptyState>
        }
      />
    </PagePart>
  );
}
