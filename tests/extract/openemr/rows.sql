-- What OpenEMR's example patients lack. Every person, number and sentence here is invented.

insert into globals (gl_name, gl_index, gl_value) values
    ('gbl_time_zone', 0, 'America/Los_Angeles'),
    ('SMTP_PASS', 0, 'never-to-be-landed');

insert into facility (id, name, phone, street, city, state, postal_code, country_code, inactive) values
    (10, 'Testville Harbour Clinic', '(619) 555-0110', '1 Invented Quay', 'Testville', 'CA', '92101', 'USA', 0),
    (11, 'Testville Hill Annex', '(619) 555-0111', '2 Imaginary Hill', 'Testville', 'CA', '02199', 'USA', 1);

insert into users
    (id, username, password, authorized, fname, lname, suffix, npi, title, specialty, email, phonew1,
     facility_id, active, abook_type, organization, state_license_number, street, city, state, zip) values
    (10, 'nfernwood', 'never-to-be-landed', 1, 'Nadia', 'Fernwood', 'DC', '1234567893', 'Dr.',
     'Chiropractic', 'nadia.fernwood@clinic.invalid', '(619) 555-0120', 10, 1, '', null, 'DC-0042',
     null, null, null, null),
    (11, 'tbramble', 'never-to-be-landed', 1, 'Tobias', 'Bramble', null, '1245319599', 'Mr.',
     'Physiotherapy', 'tobias.bramble@clinic.invalid', null, 11, 0, '', null, null,
     null, null, null, null),
    (12, 'desk', 'never-to-be-landed', 0, 'Petra', 'Frontdesk', null, null, null, null, null, null,
     10, 1, '', null, null, null, null, null, null),
    (20, null, null, 0, 'Orla', 'Quillfeather', 'MD', '1679576722', 'Dr.', 'Orthopaedics',
     'orla@referring.invalid', '(619) 555-0130', 0, 1, 'spe', 'Quillfeather Bones Group', null,
     '3 Fictional Road', 'Testville', 'CA', '92103'),
    (21, null, null, 0, null, null, null, null, null, null, null, '(619) 555-0131', 0, 1,
     'ord_lab', 'Invented Laboratories', null, null, null, null, null);

insert into users_facility (tablename, table_id, facility_id, warehouse_id) values
    ('users', 10, 10, ''), ('users', 10, 11, ''), ('users', 11, 999, '');

insert into patient_data
    (id, pid, pubpid, title, fname, mname, lname, DOB, sex, status, street, street_line_2, city, state,
     postal_code, country_code, phone_home, phone_cell, email, language, providerID, ref_providerID,
     referral_source, hipaa_voice, hipaa_mail, hipaa_allowsms, hipaa_allowemail, deceased_date, date,
     regdate, occupation, usertext1, guardiansname, guardianrelationship, guardianphone,
     guardianemail, guardianaddress, guardiancity, guardianstate, guardianpostalcode) values
    (1101, 101, 'T-101', 'Mrs.', 'Marigold', 'Q', 'Thistlewood', '1980-02-29', 'Female', 'married',
     '4 Nowhere Lane', 'Flat 2', 'Testville', 'CA', '02134', 'USA', '(619) 555-0140',
     '(619) 555-0141', 'marigold@home.invalid', 'english', 10, 20, 'Newspaper', 'YES', 'YES', 'NO',
     'YES', null, '2025-01-05 09:00:00', '2020-05-01 00:00:00', 'Beekeeper', 'prefers mornings', null,
     null, null, null, null, null, null, null),
    (1102, 102, 'T-102', '', 'Barnaby', '', 'Thistlewood', '2015-07-15', 'Male', 'single',
     '4 Nowhere Lane', null, 'Testville', 'CA', '02134', 'USA', '', '', '', 'english', 10, 0, '', '',
     '', 'NO', 'NO', null, '2025-01-05 09:05:00', null, null, '', null, null, null, null, null, null,
     null, null),
    (1103, 103, 'T-103', 'Mr.', 'Percival', '', 'Oldfield', '0000-00-00', 'Male', 'widowed', '', null,
     '', '', '', '', '', '', 'not an address', '', 11, null, '', 'NO', 'NO', 'NO', 'NO',
     '2025-03-01 00:00:00', null, null, null, '', null, null, null, null, null, null, null, null),
    (1104, 104, 'T-104', '', 'Juniper', '', 'Wardly', '2016-11-30', 'UNK', '', '5 Nowhere Lane', null,
     'Testville', 'CA', '92104', 'USA', '', '', '', '', null, null, '', '', '', 'NO', 'NO', null,
     '2025-01-06 08:00:00', null, null, '', 'Hester Wardly', 'MTH', '(619) 555-0150',
     'hester@home.invalid', '5 Nowhere Lane', 'Testville', 'CA', '92104');

insert into insurance_companies (id, name, attn, cms_id, inactive) values
    (1, 'Fictional Mutual', 'Claims', 'FM001', 0),
    (2, 'Imaginary Health', null, 'IH002', 0),
    (3, 'Invented Auto', null, null, 1);
insert into addresses (id, line1, line2, city, state, zip, plus_four, country, foreign_id) values
    (1, '6 Policy Street', 'Suite 1', 'Testville', 'CA', '92105', '0001', 'USA', 1),
    (2, '7 Premium Street', '', 'Testville', 'CA', '92106', '', 'USA', 2);
insert into phone_numbers (id, country_code, area_code, prefix, number, type, foreign_id) values
    (1, '+1', '619', '555', '0160', 2, 1), (2, '+1', '619', '555', '0161', 5, 1);

insert into insurance_data
    (id, type, provider, plan_name, policy_number, group_number, subscriber_lname, subscriber_fname,
     subscriber_relationship, subscriber_DOB, subscriber_street, subscriber_city, subscriber_state,
     subscriber_postal_code, subscriber_phone, date, date_end, pid) values
    (1, 'primary', '1', 'Gold', 'FM-101', 'G-1', 'Thistlewood', 'Marigold', 'self', '1980-02-29',
     '', '', '', '', '', '2024-01-01', null, 101),
    (2, 'secondary', '2', 'Silver', 'IH-101', 'G-2', 'Thistlewood', 'Marigold', 'self', '1980-02-29',
     '', '', '', '', '', '2024-02-01', null, 101),
    (3, 'tertiary', '3', null, 'IA-101', null, 'Stranger', 'Ulric', 'spouse', '1979-09-09',
     '8 Nowhere Lane', 'Testville', 'CA', '92107', '(619) 555-0170', '2024-03-01', '2024-12-31', 101),
    (4, 'primary', '1', 'Gold', 'FM-101', 'G-1', 'Thistlewood', 'Marigold', 'child', '1980-02-29',
     '', '', '', '', '', '0000-00-00', null, 102),
    (5, 'primary', '2', 'Bronze', 'IH-103', null, 'Payne', 'Rosalind', 'other', '1970-01-01',
     '9 Nowhere Lane', 'Testville', 'CA', '92108', '(619) 555-0171', '2023-01-01', null, 103),
    (6, 'secondary', '', '', '', '', '', '', '', null, '', '', '', '', '', '2023-01-01', null, 103),
    (7, 'primary', '1', 'Gold', 'FM-999', null, '', '', 'self', null, '', '', '', '', '',
     '2023-01-01', null, 999);

insert into openemr_postcalendar_events
    (pc_eid, pc_catid, pc_multiple, pc_aid, pc_pid, pc_title, pc_time, pc_hometext, pc_eventDate, pc_endDate,
     pc_duration, pc_recurrtype, pc_recurrspec, pc_startTime, pc_endTime, pc_alldayevent,
     pc_apptstatus, pc_facility, pc_room) values
    (101, 9, 0, '10', '101', 'Established Patient', '2025-01-02 08:00:00', 'sore shoulder', '2025-01-10',
     null, 1800, 0, '', '09:00:00', '09:30:00', 0, '>', 10, 'R1'),
    (102, 9, 0, '10', '102', 'Established Patient', '2025-01-02 08:01:00', '', '2025-07-10', null, 900,
     0, '', '16:15:00', '16:30:00', 0, '-', 10, ''),
    (103, 10, 0, '11', '101', 'New Patient', null, '', '2025-02-01', null, 900, 0, '', '10:00:00',
     '10:15:00', 0, '?', 11, ''),
    (104, 9, 0, '10', '1', 'Established Patient', null, '', '2025-02-02', null, 900, 0, '', '10:00:00',
     '10:15:00', 0, 'x', 10, ''),
    (105, 9, 0, '10', '101', 'Weekly visit', null, '', '2025-03-03', '2025-03-24', 900, 1,
     'a:5:{s:17:"event_repeat_freq";s:1:"1";s:22:"event_repeat_freq_type";s:1:"1";}', '11:00:00',
     '11:15:00', 0, '@', 10, ''),
    (106, 9, 0, '10', '101', 'No time', null, '', '0000-00-00', null, 0, 0, '', null, null, 0, '-', 10, ''),
    (107, 2, 0, '10', '', 'In Office', null, '', '2025-01-01', '2025-12-31', 0, 1, '', '08:00:00', null,
     0, '-', 10, ''),
    (108, 9, 0, '10', '999', 'Established Patient', null, '', '2025-02-02', null, 900, 0, '', '10:00:00',
     '10:15:00', 0, '-', 10, '');

insert into form_encounter
    (id, encounter, pid, date, reason, facility_id, provider_id, referral_source,
     referring_provider_id, date_end) values
    (1, 5001, 101, '2025-01-10 09:00:00', 'Shoulder pain since Tuesday', 10, 10, 'Radio', 20, null),
    (2, 5002, 101, '2025-02-10 09:00:00', '', 10, 10, '', 0, null),
    (3, 5003, 102, '2025-02-11 09:00:00', 'Check', 10, 11, '', 0, null),
    (4, 5004, 103, '2025-02-12 09:00:00', null, 10, 10, '', 0, null),
    (5, 5005, 104, '0000-00-00 00:00:00', 'Date unknown', 10, 10, '', 0, null);

insert into billing
    (id, date, code_type, code, pid, provider_id, user, authorized, encounter, code_text, billed,
     activity, payer_id, bill_date, modifier, units, fee, justify) values
    (1, '2025-01-10 09:40:00', 'CPT4', '98940', 101, 10, 12, 1, 5001, 'Adjustment, 1-2 regions', 1, 1,
     1, '2025-01-11 10:00:00', '', 1, 60.00, 'ICD10|M54.2:'),
    (2, '2025-01-10 09:40:00', 'CPT4', '97110', 101, 10, 12, 1, 5001, 'Therapeutic exercise', 1, 1, 1,
     '2025-01-11 10:00:00', 'GP', 2, 80.50, 'ICD10|M54.2:'),
    (3, '2025-01-10 09:40:00', 'ICD10', 'M54.2', 101, 10, 12, 1, 5001, 'Cervicalgia', 1, 1, null, null,
     '', 1, 0.00, ''),
    (4, '2025-01-10 09:41:00', 'COPAY', '20.00', 101, 10, 12, 1, 5001, '', 1, 1, null, null, '', 1,
     -20.00, ''),
    (5, '2025-01-10 09:42:00', 'CPT4', '99999', 101, 10, 12, 1, 5001, 'Typed by mistake', 0, 0, null,
     null, '', 1, 500.00, ''),
    (6, '2025-02-10 09:40:00', 'CPT4', '98940', 101, 10, 12, 1, 5002, 'Adjustment, 1-2 regions', 1, 1,
     1, '2025-02-11 10:00:00', '', 1, 60.00, ''),
    (7, '2025-02-11 09:40:00', 'HCPCS', 'A4556', 102, 11, 12, 1, 5003, 'Electrodes', 0, 1, null, null,
     '', null, 15.25, ''),
    (8, '2025-02-12 09:40:00', 'CPT4', '98941', 103, 10, 12, 1, 5004, 'Adjustment, 3-4 regions', 1, 1,
     2, '2025-02-13 10:00:00', '', 1, 75.00, '');
insert into claims
    (patient_id, encounter_id, version, payer_id, status, payer_type, bill_process, bill_time,
     process_time, process_file) values
    (101, 5001, 1, 1, 2, 1, 2, '2025-01-11 10:00:00', '2025-01-11 10:05:00', 'batch-1.txt'),
    (101, 5001, 2, 1, 2, 1, 2, '2025-01-20 10:00:00', '2025-01-20 10:05:00', 'batch-2.txt'),
    (101, 5002, 1, 1, 7, 1, 2, '2025-02-11 10:00:00', null, null),
    (103, 5004, 1, 2, 2, 1, 2, '2025-02-13 10:00:00', '0000-00-00 00:00:00', null);
insert into ar_session
    (session_id, payer_id, user_id, closed, reference, check_date, deposit_date, pay_total,
     created_time, modified_time, global_amount, payment_type, description, adjustment_code,
     post_to_date, patient_id, payment_method) values
    (1, 1, 12, 1, 'CHK-900', '2025-02-01', '2025-02-02', 100.50, '2025-02-02 08:00:00',
     '2025-02-02 08:00:00', 0, 'insurance', '', 'insurance_payment', '2025-02-02', 0, 'check_payment'),
    (2, 0, 12, 1, 'R-77', '2025-01-10', '2025-01-10', 20.00, '2025-01-10 09:45:00',
     '2025-01-10 09:45:00', 0, 'patient', 'COPAY', 'patient_payment', '2025-01-10', 101, 'cash'),
    (3, 0, 12, 0, 'R-78', '2025-03-01', '2025-03-01', 200.00, '2025-03-01 09:45:00',
     '2025-03-01 09:45:00', 0, 'patient', 'Ten visits ahead', 'pre_payment', '2025-03-01', 101,
     'credit_card'),
    (4, 1, 12, 1, 'CHK-901', '2025-03-05', '2025-03-05', 0.00, '2025-03-05 08:00:00',
     '2025-03-05 08:00:00', 0, 'insurance', '', 'insurance_payment', '2025-03-05', 0, 'electronic');
insert into ar_activity
    (pid, encounter, sequence_no, code_type, code, modifier, payer_type, post_time, post_user,
     session_id, memo, pay_amount, adj_amount, modified_time, follow_up, account_code, reason_code,
     deleted, post_date, payer_claim_number) values
    (101, 5001, 1, 'CPT4', '98940', '', 1, '2025-02-02 08:10:00', 12, 1, '', 50.00, 0.00,
     '2025-02-02 08:10:00', '', 'IPP', null, null, '2025-02-02', 'PCN-1'),
    (101, 5001, 2, 'CPT4', '97110', 'GP', 1, '2025-02-02 08:10:00', 12, 1, '', 50.50, 0.00,
     '2025-02-02 08:10:00', '', 'IPP', null, null, '2025-02-02', 'PCN-1'),
    (101, 5001, 3, 'CPT4', '97110', 'GP', 1, '2025-02-02 08:10:00', 12, 1, 'Ins adjust', 0.00, 20.00,
     '2025-02-02 08:10:00', '', '', '45', null, '2025-02-02', 'PCN-1'),
    (101, 5001, 4, '', '', '', 0, '2025-01-10 09:45:00', 12, 2, '', 20.00, 0.00,
     '2025-01-10 09:45:00', '', 'PCP', null, null, '2025-01-10', null),
    (101, 5001, 5, '', '', '', 0, '2025-01-12 09:45:00', 12, 2, 'keyed twice', 20.00, 0.00,
     '2025-01-12 09:45:00', '', 'PCP', null, '2025-01-13 08:00:00', '2025-01-12', null),
    (101, 5002, 1, 'CPT4', '98940', '', 1, '2025-03-05 08:10:00', 12, 4, 'denied', 0.00, 0.00,
     '2025-03-05 08:10:00', 'y', '', 'CO-197', null, '2025-03-05', 'PCN-2'),
    (103, 5004, 1, 'CPT4', '98941', '', 1, '2025-03-05 08:10:00', 12, 4, '', 30.00, 0.00,
     '2025-03-05 08:10:00', '', 'IPP', null, null, '2025-03-05', null);
insert into payments (id, pid, dtime, encounter, user, method, source, amount1, amount2) values
    (1, 101, '2025-01-10 09:45:00', 5001, 'desk', 'cash', 'R-77', 20.00, 0.00),
    (2, 103, '2025-02-12 09:45:00', 5004, 'desk', 'check_payment', 'R-90', 10.00, 5.00);

insert into drugs (drug_id, name, ndc_number) values
    (1, 'Imaginary lumbar cushion', ''), (2, 'Fictitine', '00000-0001-01');
insert into drug_sales
    (sale_id, drug_id, inventory_id, prescription_id, pid, encounter, user, sale_date, quantity, fee,
     billed, trans_type) values
    (1, 1, 0, 0, 101, 5001, 'desk', '2025-01-10', 2, 90.00, 0, 1),
    (2, 2, 0, 1, 101, 5001, 'desk', '2025-01-10', 30, 12.00, 1, 1),
    (3, 1, 0, 0, 0, 0, 'desk', '2025-01-01', 50, 900.00, 0, 2);

insert into forms
    (id, date, encounter, form_name, form_id, pid, user, authorized, deleted, formdir, provider_id) values
    (1, '2025-01-10 09:00:00', 5001, 'New Patient Encounter', 1, 101, 'nfernwood', 1, 0, 'newpatient', 10),
    (2, '2025-01-10 09:20:00', 5001, 'Clinical Notes Form', 1, 101, 'nfernwood', 1, 0, 'clinical_notes', 10),
    (3, '2025-01-10 09:25:00', 5001, 'SOAP', 1, 101, 'nfernwood', 1, 0, 'soap', 10),
    (4, '2025-01-10 09:26:00', 5001, 'SOAP', 2, 101, 'nfernwood', 1, 1, 'soap', 10),
    (5, '2025-01-10 09:27:00', 5001, 'Dictation', 1, 101, 'nfernwood', 1, 0, 'dictation', 10),
    (6, '2025-01-10 09:30:00', 5001, 'Treatment plan', 1, 101, 'nfernwood', 1, 0, 'LBFplan', 10),
    (7, '2025-02-10 09:30:00', 5002, 'Treatment plan', 2, 101, 'nfernwood', 1, 0, 'LBFplan', 10),
    (8, '2025-02-11 09:30:00', 5003, 'Vitals', 1, 102, 'nfernwood', 1, 0, 'vitals', 10);
insert into form_clinical_notes
    (id, form_id, date, pid, encounter, user, authorized, activity, code, codetext, description,
     clinical_notes_type) values
    (1, 1, '2025-01-10', 101, '5001', 'nfernwood', 1, 1, 'LOINC:11506-3', 'Progress note',
     'Range of motion better. Invented text with an emoji \U0001F40C and a quote".', 'progress_note'),
    (2, 1, '2025-01-10', 101, '5001', 'nfernwood', 1, 0, null, null, 'Withdrawn draft', 'general_note');
insert into form_soap (id, date, pid, user, authorized, activity, subjective, objective, assessment, plan) values
    (1, '2025-01-10 09:25:00', 101, 'nfernwood', 1, 1, 'Says it hurts', 'Stiff', 'Strain', 'Rest'),
    (2, '2025-01-10 09:26:00', 101, 'nfernwood', 1, 1, 'Deleted form', '', '', '');
insert into form_dictation (id, date, pid, user, authorized, activity, dictation, additional_notes) values
    (1, '2025-01-10 09:27:00', 101, 'nfernwood', 1, 1, 'Dictated words', '');
insert into pnotes (id, date, body, pid, user, activity, authorized, title, assigned_to, deleted, message_status, is_msg_encrypted) values
    (1, '2025-01-11 08:00:00', 'Called about the bill', 101, 'desk', 1, 1, 'Bill/Collect', 'desk', 0, 'Done', 0),
    (2, '2025-01-11 08:00:00', 'Deleted message', 101, 'desk', 1, 1, 'Other', 'desk', 1, 'Done', 0),
    (3, '2025-01-11 08:00:00', 'MDA4c2VjcmV0', 101, 'desk', 1, 1, 'Other', 'desk', 0, 'New', 1);

insert into layout_options
    (form_id, field_id, group_id, title, seq, data_type, uor, list_id) values
    ('LBFplan', 'adjustment_code', '1', 'Adjustment code', 10, 2, 1, ''),
    ('LBFplan', 'treatment_plan_start', '1', 'Plan starts', 20, 4, 1, ''),
    ('LBFplan', 'favourite_song', '1', 'Favourite song', 30, 2, 1, '');
insert into lbf_data (form_id, field_id, field_value) values
    (1, 'adjustment_code', 'C2-L5'), (1, 'treatment_plan_start', '2025-01-10'),
    (1, 'favourite_song', 'An invented tune'),
    (2, 'adjustment_code', 'C3-L4'), (2, 'treatment_plan_start', '2025-02-10');
update layout_options set uor = 1 where form_id = 'DEM' and field_id = 'usertext1';

insert into documents
    (id, type, size, date, url, mimetype, owner, foreign_id, docdate, hash, name, storagemethod,
     path_depth, encounter_id, encrypted, document_data, deleted, revision) values
    (1, 'file_url', 21, '2025-01-10 10:00:00', 'file:///var/www/openemr/sites/default/documents/101/scan.txt',
     'text/plain', 12, 101, '2025-01-09', '', 'scan.txt', 0, 1, 5001, 0, null, 0, now()),
    (2, 'file_url', 5, '2025-01-10 10:01:00', 'file:///var/www/openemr/sites/default/documents/101/gone.txt',
     'text/plain', 12, 101, '2025-01-09', '', 'gone.txt', 0, 1, 0, 0, null, 0, now()),
    (3, 'file_url', 5, '2025-01-10 10:02:00', 'file:///var/www/openemr/sites/default/documents/101/locked.pdf',
     'application/pdf', 12, 101, '2025-01-09', '', 'locked.pdf', 0, 1, 0, 1, null, 0, now()),
    (4, 'blob', 12, '2025-01-10 10:03:00', '', 'text/plain', 12, 101, '0000-00-00', '', 'inline.txt',
     0, 1, 0, 0, 'Words within', 0, now()),
    (5, 'file_url', 5, '2025-01-10 10:04:00', 'file:///x/101/removed.txt', 'text/plain', 12, 101,
     '2025-01-09', '', 'removed.txt', 0, 1, 0, 0, null, 1, now());
insert into categories_to_documents (category_id, document_id) values (3, 1), (4, 2), (3, 3), (3, 4);

insert into prescriptions
    (id, patient_id, date_added, date_modified, provider_id, encounter, start_date, drug, drug_id,
     rxnorm_drugcode, form, dosage, quantity, size, unit, route, `interval`, refills, note, active,
     end_date, txDate, usage_category_title, request_intent_title) values
    (1, 101, '2025-01-10 09:50:00', '2025-01-11 09:50:00', 10, 5001, '2025-01-10', 'Fictitine', 2,
     '123456', 2, '1', '30', '10', 1, '1', 1, 2, 'with food', 1, null, '0000-00-00', '', ''),
    (2, 102, null, null, 0, 5003, '0000-00-00', 'Imaginol', 0, null, 0, '', '', '', 0, '', 0, 0, '',
     0, '2025-03-01', '2025-02-11', '', '');

insert into procedure_order
    (procedure_order_id, provider_id, patient_id, encounter_id, date_collected, date_ordered,
     order_status, activity) values
    (1, 10, 101, 5001, '2025-01-10 09:30:00', '2025-01-10 09:10:00', 'complete', 1),
    (2, 10, 102, 5003, null, '2025-02-11 00:00:00', 'pending', 1);
insert into procedure_order_code
    (procedure_order_id, procedure_order_seq, procedure_code, procedure_name) values
    (1, 1, 'LIPID', 'Lipid panel'), (2, 1, 'GLU', 'Glucose');
insert into procedure_report
    (procedure_report_id, procedure_order_id, procedure_order_seq, date_collected, date_report,
     report_status, review_status) values
    (1, 1, 1, '2025-01-10 09:30:00', '2025-01-12 00:00:00', 'final', 'reviewed'),
    (2, 2, 1, null, null, 'prelim', 'received');
insert into procedure_result
    (procedure_result_id, procedure_report_id, result_data_type, result_code, result_text, date,
     units, result, `range`, abnormal, comments, result_status) values
    (1, 1, 'N', '2093-3', 'Cholesterol', '2025-01-12 00:00:00', 'mg/dL', '199.50', '100 - 200', 'no', '', 'final'),
    (2, 1, 'N', '13457-7', 'LDL', null, 'mg/dL', '>300', '< 130', 'high', '', 'correct'),
    (3, 1, 'S', '', 'Comment', '0000-00-00 00:00:00', '', 'haemolysed', '', '', 'seen', 'final');

insert into patient_reminders
    (id, active, due_status, pid, category, item, date_created, date_sent) values
    (1, 1, 'past_due', 101, 'act_cat_measure', 'act_bp', '2025-01-01 00:00:00', '2025-02-01 00:00:00'),
    (2, 0, 'not_due', 102, 'act_cat_exam', 'act_eye', '2025-01-01 00:00:00', null);
insert into medex_recalls (r_ID, r_PRACTID, r_pid, r_eventDate, r_facility, r_provider, r_reason) values
    (1, 1, 101, '2026-01-10', 10, 10, 'Yearly check');

insert into person (id, title, first_name, last_name, birth_date, gender) values
    (1, 'Mr.', 'Ulric', 'Stranger', '1979-09-09', 'Male'),
    (2, 'Mrs.', 'Marigold', 'Thistlewood', '1980-02-29', 'Female');
insert into person_patient_link (id, person_id, patient_id, active) values (1, 2, 1101, 1);
insert into contact (id, foreign_table_name, foreign_id) values (1, 'person', 1), (2, 'person', 2);
insert into contact_relation (id, contact_id, target_table, target_id, active, relationship) values
    (1, 1, 'patient_data', 1101, 1, 'SPS'), (2, 2, 'patient_data', 1102, 1, 'MTH'),
    (3, 2, 'patient_data', 2, 1, 'COUSN');
insert into contact_telecom (id, contact_id, `rank`, `system`, `use`, value, status) values
    (1, 1, 1, 'phone', 'mobile', '(619) 555-0180', 'A'),
    (2, 1, 2, 'email', 'home', 'ulric@home.invalid', 'A');
