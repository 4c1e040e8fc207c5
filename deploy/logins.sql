-- The owner, the roles and the logins of dianchi on a PostgreSQL of one's own (15 or newer).
--
-- A superuser runs it with psql in the database of dianchi; it may be run again, which gives the
-- logins the passwords of today. `docker compose up` runs it when the database is made.
-- Passwords come from the environment, so that they stand in no statement that is typed.
\set ON_ERROR_STOP on
SET client_min_messages = warning;
\getenv owner_password DIANCHI_OWNER_PASSWORD
\getenv service_password DIANCHI_SERVICE_PASSWORD
\getenv worker_password DIANCHI_WORKER_PASSWORD

BEGIN;

SELECT format('CREATE ROLE %I NOLOGIN NOINHERIT', name)
  FROM unnest(ARRAY['dianchi_recorder', 'dianchi_sequencer', 'dianchi_projector',
                    'dianchi_assessor', 'dianchi_reader', 'dianchi_registrar', 'dianchi_keeper',
                    'dianchi_courier', 'dianchi_uploader', 'dianchi', 'dianchi_service', 'dianchi_worker']) name
 WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = name) \gexec

-- The first superuser of a server (its number is 10) stays one, whatever it is called.
SELECT 'ALTER ROLE dianchi NOSUPERUSER NOBYPASSRLS NOCREATEROLE NOCREATEDB NOREPLICATION'
 WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'dianchi' AND oid = 10) \gexec
-- It inherits: one of the views that it makes belongs to a role of the service.
ALTER ROLE dianchi LOGIN INHERIT PASSWORD :'owner_password';
ALTER ROLE dianchi_service LOGIN NOSUPERUSER NOBYPASSRLS NOCREATEROLE NOCREATEDB NOREPLICATION
      NOINHERIT PASSWORD :'service_password';
ALTER ROLE dianchi_worker LOGIN NOSUPERUSER NOBYPASSRLS NOCREATEROLE NOCREATEDB NOREPLICATION
      NOINHERIT PASSWORD :'worker_password';

GRANT dianchi_recorder, dianchi_assessor, dianchi_reader, dianchi_registrar, dianchi_keeper,
      dianchi_uploader TO dianchi_service;
GRANT dianchi_recorder, dianchi_sequencer, dianchi_projector, dianchi_reader, dianchi_courier,
      dianchi_uploader TO dianchi_worker;
GRANT dianchi_recorder, dianchi_sequencer, dianchi_projector, dianchi_assessor, dianchi_reader,
      dianchi_registrar, dianchi_keeper, dianchi_courier, dianchi_uploader TO dianchi;

-- Whoever owns the database may make tables in it, and nobody else may.
SELECT format('ALTER DATABASE %I OWNER TO dianchi', current_database()) \gexec

COMMIT;
