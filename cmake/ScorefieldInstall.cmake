# written below
