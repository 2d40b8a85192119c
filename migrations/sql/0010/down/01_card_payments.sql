-- Back to card payments that do not say what they were for; revision 0005's file is executed after this one.

DROP FUNCTION pin_card_payment, settle_card_payment;
ALTER TABLE card_payments DROP COLUMN basket;
