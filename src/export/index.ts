export { exportCertificate, exportSystems, type ExportSystem } from './export.ts';
