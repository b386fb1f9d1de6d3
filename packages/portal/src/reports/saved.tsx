import { Button } from '@patternfly/react-core/dist/esm/components/Button/index.js';
import { Checkbox } from '@patternfly/react-core/dist/esm/components/Checkbox/index.js';
import { ExpandableSection } from '@patternfly/react-core/dist/esm/components/ExpandableSection/index.js';
import { FormGroup } from '@patternfly/react-core/dist/esm/components/Form/index.js';
import { FormSelect, FormSelectOption } from '@patternfly/react-core/dist/esm/components/FormSelect/index.js';
import { TextInput } from '@patternfly/react-core/dist/esm/components/TextInput/index.js';
import { Title } from '@patternfly/react-core/dist/esm/components/Title/index.js';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import type { FormEvent, ReactNode } from 'react';
import { client } from '../app/client.ts';
import { tellDone, tellFailure } from '../faults/notices.tsx';
import { ProblemAlert } from '../faults/problem.tsx';
import { dateTime } from '../format/format.ts';
import { useText } from '../text/text.ts';
import { criteriaOf, searchOf, type CriteriaSearch } from './place.ts';
import type { ReportEntry, SavedReport } from './report.ts';

const key = ['saved-reports'];
const intervals = ['day', 'week', 'month'] as const;
const formats = ['pdf', 'xlsx', 'csv'] as const;

interface Schedule {
  every: (typeof intervals)[number];
  hour: string;
  format: (typeof formats)[number];
  to: string;
}

/** Keeps a report with its criteria, and has it sent by mail when that is wanted. */
export function KeepReport({ entry, search }: { entry: ReportEntry; search: CriteriaSearch }): ReactNode {
  const text = useText();
  const queries = useQueryClient();
  const [open, setOpen] = useState(false);
  const [name, setName] = useState(entry.name);
  const [sent, setSent] = useState(false);
  const [schedule, setSchedule] = useState<Schedule>({ every: 'month', hour: '6', format: 'pdf', to: '' });
  const change = (part: Partial<Schedule>): void => setSchedule((now) => ({ ...now, ...part }));
  const keep = useMutation({
    mutationFn: () => {
      const to = schedule.to.split(/[\s,;]+/).filter((address) => address !== '');
      const { every, format, hour } = schedule;
      return client.virgate.savedReports.add({
        name,
        report: entry.code,
        criteria: criteriaOf(entry, search),
        ...(sent ? { schedule: { every, hour: Number(hour), format, to } } : {}),
      });
    },
    onSuccess: () => {
      setOpen(false);
      tellDone(text('reports.keep.done', { name }));
      void queries.invalidateQueries({ queryKey: key });
    },
  });
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    keep.mutate();
  };
  return (
    <ExpandableSection
      toggleText={text('reports.keep')}
      isExpanded={open}
      onToggle={(_, expanded) => setOpen(expanded)}
      className="vg-keep"
    >
      <form className="vg-criteria" aria-label={text('reports.keep')} onSubmit={submit}>
        <FormGroup fieldId="keep-name" label={text('reports.keep.name')} isRequired>
          <TextInput id="keep-name" value={name} maxLength={100} onChange={(_, next) => setName(next)} />
        </FormGroup>
        <Checkbox id="keep-sent" label={text('reports.keep.sent')} isChecked={sent} onChange={(_, on) => setSent(on)} />
        {sent && <ScheduleFields schedule={schedule} onChange={change} />}
        <Button type="submit" variant="secondary" isDisabled={name.trim() === '' || keep.isPending}>
          {text('reports.keep')}
        </Button>
      </form>
      {sent && <p className="vg-quiet">{text('reports.keep.period')}</p>}
      {keep.error !== null && <ProblemAlert error={keep.error} object={name} />}
    </ExpandableSection>
  );
}

function ScheduleFields({ schedule, onChange }: { schedule: Schedule; onChange: (part: Partial<Schedule>) => void }): ReactNode {
  const text = useText();
  return (
    <>
      <FormGroup fieldId="keep-every" label={text('reports.keep.every')}>
        <FormSelect id="keep-every" value={schedule.every} onChange={(_, every) => onChange({ every: every as Schedule['every'] })}>
          {intervals.map((one) => (
            <FormSelectOption key={one} value={one} label={text(`reports.every.${one}`)} />
          ))}
        </FormSelect>
      </FormGroup>
      <FormGroup fieldId="keep-hour" label={text('reports.keep.hour')}>
        <TextInput id="keep-hour" type="number" min={0} max={23} value={schedule.hour} onChange={(_, hour) => onChange({ hour })} />
      </FormGroup>
      <FormGroup fieldId="keep-format" label={text('reports.keep.format')}>
        <FormSelect id="keep-format" value={schedule.format} onChange={(_, format) => onChange({ format: format as Schedule['format'] })}>
          {formats.map((one) => (
            <FormSelectOption key={one} value={one} label={one.toUpperCase()} />
          ))}
        </FormSelect>
      </FormGroup>
      <FormGroup fieldId="keep-to" label={text('reports.keep.to')} isRequired>
        <TextInput id="keep-to" value={schedule.to} onChange={(_, to) => onChange({ to })} />
      </FormGroup>
    </>
  );
}

/** The reports that the user keeps; nothing when there are none. */
export function SavedReports({ reports }: { reports: readonly ReportEntry[] }): ReactNode {
  const text = useText();
  const query = useQuery({ queryKey: key, queryFn: ({ signal }) => client.virgate.savedReports.list({ signal }) });
  const saved = query.data ?? [];
  if (query.error !== null) return <ProblemAlert error={query.error} object={text('reports.kept')} />;
  if (saved.length === 0) return null;
  return (
    <section aria-label={text('reports.kept')} className="vg-folders">
      <div>
        <Title headingLevel="h2" size="lg">
          {text('reports.kept')}
        </Title>
        <ul>
          {saved.map((one) => (
            <Saved key={one.id} saved={one} entry={reports.find(({ code }) => code === one.report)} />
          ))}
        </ul>
      </div>
    </section>
  );
}

function Saved({ saved, entry }: { saved: SavedReport; entry: ReportEntry | undefined }): ReactNode {
  const text = useText();
  const queries = useQueryClient();
  const { id, name, report, criteria, schedule, nextSending, error } = saved;
  const act = (work: Promise<unknown>, done?: string): void => {
    work.then(
      () => {
        if (done !== undefined) tellDone(done);
        void queries.invalidateQueries({ queryKey: key });
      },
      (reason: unknown) => tellFailure(reason, name),
    );
  };
  const place = client.virgate.savedReports.savedReport(id);
  return (
    <li>
      {entry === undefined ? (
        name
      ) : (
        <Link to="/reports/$code" params={{ code: report }} search={searchOf(criteria)}>
          {name}
        </Link>
      )}{' '}
      {schedule !== null && (
        <>
          <span className="vg-quiet">{text('reports.keep.next', { time: dateTime(nextSending ?? undefined) ?? '' })}</span>{' '}
          <Button variant="link" isInline onClick={() => act(place.send(), text('reports.keep.sending', { name }))}>
            {text('reports.keep.send', { name })}
          </Button>
        </>
      )}{' '}
      <Button variant="link" isInline isDanger onClick={() => act(place.remove())} aria-label={text('reports.keep.remove', { name })}>
        {text('action.remove')}
      </Button>
      {error !== null && <div className="vg-quiet">{text('reports.keep.failed', { reason: error })}</div>}
    </li>
  );
}
