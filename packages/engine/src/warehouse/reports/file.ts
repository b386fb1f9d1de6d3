import type { Report, ReportFile } from '@virgate/contract/generated/virgate';
import { csvOf, fileName } from './csv.ts';

/** A report as a file, with its name and media type. */
export interface MadeFile {
  name: string;
  type: string;
  content: Buffer;
}

/** Makes a file of a report. What writes PDF and Excel files is loaded with the first of them. */
export async function fileOf(report: Report, format: ReportFile): Promise<MadeFile> {
  const name = `${fileName(report)}.${format}`;
  switch (format) {
    case 'csv':
      return { name, type: 'text/csv; charset=utf-8', content: Buffer.from(csvOf(report)) };
    case 'xlsx': {
      const { xlsxOf } = await import('./xlsx.ts');
      return { name, type: 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet', content: await xlsxOf(report) };
    }
    case 'pdf': {
      const { pdfOf } = await import('./pdf.ts');
      return { name, type: 'application/pdf', content: await pdfOf(report) };
    }
  }
}
