CALL adopt_objects();
