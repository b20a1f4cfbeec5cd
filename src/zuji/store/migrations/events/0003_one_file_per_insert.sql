-- A part below this size keeps all its columns in one file ("compact"). At the default of 10 MB an insert of some
-- thousands of rows wrote and synced about 150 files, which took two thirds of its processor time; what merging makes
-- of a dozen inserts is larger, and then each column has its file, as questions like it.
ALTER TABLE zuji.events MODIFY SETTING min_bytes_for_wide_part = 134217728;
